// Zips by Go's archive/zip: go run write.go SOURCES OUT SUFFIX [MODE]
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

type add func(archive *zip.Writer, name string, data []byte)

func main() {
	sources, out, suffix := os.Args[1], os.Args[2], os.Args[3]
	modes := map[string]add{
		// Sizes behind the data.
		"go-deflated": func(archive *zip.Writer, name string, data []byte) {
			create(archive, &zip.FileHeader{Name: name, Method: zip.Deflate}, data)
		},
		"go-stored": func(archive *zip.Writer, name string, data []byte) {
			create(archive, &zip.FileHeader{Name: name, Method: zip.Store}, data)
		},
		// Packed beforehand, sizes before the data.
		"go-raw-deflated": func(archive *zip.Writer, name string, data []byte) {
			var packed bytes.Buffer
			writer, err := flate.NewWriter(&packed, flate.DefaultCompression)
			check(err)
			_, err = writer.Write(data)
			check(err)
			check(writer.Close())
			raw(archive, name, zip.Deflate, data, packed.Bytes())
		},
		"go-raw-stored": func(archive *zip.Writer, name string, data []byte) {
			raw(archive, name, zip.Store, data, data)
		},
	}
	for mode, add := range modes {
		if len(os.Args) > 4 && os.Args[4] != mode {
			continue
		}
		file, err := os.Create(filepath.Join(out, mode+suffix+".zip"))
		check(err)
		archive := zip.NewWriter(file)
		check(filepath.WalkDir(sources, func(path string, entry fs.DirEntry, err error) error {
			check(err)
			name, err := filepath.Rel(sources, path)
			if name == "." || err != nil {
				return err
			}
			if entry.IsDir() {
				_, err = archive.Create(name + "/")
				return err
			}
			data, err := os.ReadFile(path)
			check(err)
			add(archive, name, data)
			return nil
		}))
		check(archive.Close())
		check(file.Close())
	}
}

func create(archive *zip.Writer, header *zip.FileHeader, data []byte) {
	writer, err := archive.CreateHeader(header)
	check(err)
	_, err = writer.Write(data)
	check(err)
}

func raw(archive *zip.Writer, name string, method uint16, data, packed []byte) {
	writer, err := archive.CreateRaw(&zip.FileHeader{
		Name: name, Method: method, CRC32: crc32.ChecksumIEEE(data),
		CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(len(data)),
	})
	check(err)
	_, err = writer.Write(packed)
	check(err)
}
