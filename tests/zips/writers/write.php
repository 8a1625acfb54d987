<?php
// Zips by PHP's ZipArchive, which is libzip: php write.php SOURCES OUT SUFFIX [MODE]

[, $sources, $out, $suffix] = $argv;
$only = $argv[4] ?? null;

$paths = [];
foreach (new RecursiveIteratorIterator(
    new RecursiveDirectoryIterator($sources, FilesystemIterator::SKIP_DOTS),
    RecursiveIteratorIterator::SELF_FIRST
) as $path) {
    $paths[] = $path->getPathname();
}
sort($paths);

foreach (['php-deflated' => ZipArchive::CM_DEFLATE, 'php-stored' => ZipArchive::CM_STORE, 'php-auto' => null] as $mode => $method) {
    // libzip writes no zip without an entry.
    if ($paths === [] || ($only !== null && $only !== $mode)) {
        continue;
    }
    $zip = new ZipArchive();
    $target = "$out/$mode$suffix.zip";
    $zip->open($target, ZipArchive::CREATE | ZipArchive::OVERWRITE) === true or exit(1);
    foreach ($paths as $path) {
        $name = substr($path, strlen($sources) + 1);
        is_dir($path) ? $zip->addEmptyDir($name) : $zip->addFile($path, $name);
        if ($method !== null && !is_dir($path)) {
            $zip->setCompressionName($name, $method);
        }
    }
    $zip->close() or exit(1);
}
