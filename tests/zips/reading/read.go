// Reads every entry of each zip named on standard input with archive/zip, and prints for each: verdict, SHA-256 of names
// and contents, message, between tabs.
package main

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

func read(path string) (digest []byte, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("panic: %v", panicked)
		}
	}()
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	hash := sha256.New()
	for _, file := range archive.File {
		io.WriteString(hash, file.Name)
		data, err := file.Open()
		if err != nil {
			return nil, err
		}
		length, err := io.Copy(hash, data)
		data.Close()
		if err != nil {
			return nil, err
		}
		hash.Write([]byte{0})
		binary.Write(hash, binary.BigEndian, length)
	}
	return hash.Sum(nil), nil
}

func main() {
	paths := bufio.NewScanner(os.Stdin)
	for paths.Scan() {
		if digest, err := read(paths.Text()); err != nil {
			fmt.Printf("bad\t\t%q\n", err.Error())
		} else {
			fmt.Printf("ok\t%x\t\n", digest)
		}
	}
}
