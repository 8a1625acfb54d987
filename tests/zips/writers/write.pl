# Zips by IO::Compress::Zip, which comes with Perl: perl write.pl SOURCES OUT SUFFIX [MODE]
# To a file, in which it seeks back to fill in the sizes, and as a stream.

use strict;
use warnings;
use File::Find;
use IO::Compress::Zip qw(:all);

my ($sources, $out, $suffix, $only) = @ARGV;
my @paths;
find({ wanted => sub { push @paths, $_ if $_ ne $sources }, no_chdir => 1 }, $sources);
@paths = sort @paths;

my %methods = (deflated => ZIP_CM_DEFLATE, stored => ZIP_CM_STORE);
for my $streamed (0, 1) {
    for my $packing (sort keys %methods) {
        for my $zip64 (0, 1) {
            my $mode = 'perl-' . ($streamed ? 'stream' : 'file') . "-$packing" . ($zip64 ? '-zip64' : '');
            next if !@paths || defined $only && $only ne $mode;
            my %options = (Stream => $streamed, Method => $methods{$packing}, Zip64 => $zip64, Efs => 1);
            my $zip;
            for my $path (@paths) {
                my $name = substr($path, length($sources) + 1) . (-d $path ? '/' : '');
                if ($zip) {
                    $zip->newStream(%options, Name => $name) or die $ZipError;
                } else {
                    $zip = IO::Compress::Zip->new("$out/$mode$suffix.zip", %options, Name => $name) or die $ZipError;
                }
                next if -d $path;
                open my $file, '<:raw', $path or die $!;
                local $/;
                $zip->print(<$file>);
            }
            $zip->close() or die $ZipError;
        }
    }
}
