# Zips by rubyzip: ruby write.rb SOURCES OUT SUFFIX [MODE]

require "zip"

SOURCES, OUT, SUFFIX, ONLY = ARGV
PATHS = Dir.glob("**/*", base: SOURCES).sort
Zip.unicode_names = true
Zip.sort_entries = false

def stream(target, method)
  Zip::OutputStream.open(target) do |zip|
    PATHS.each do |name|
      folder = File.directory?(File.join(SOURCES, name))
      zip.put_next_entry(folder ? "#{name}/" : name, nil, nil, folder ? Zip::Entry::STORED : method)
      zip.write(File.binread(File.join(SOURCES, name))) unless folder
    end
  end
end

def file(target)
  File.delete(target) if File.exist?(target)
  Zip::File.open(target, Zip::File::CREATE) do |zip|
    PATHS.each do |name|
      zip.add(name, File.join(SOURCES, name))
    end
  end
end

{
  "ruby-stream-deflated" => ->(target) { stream(target, Zip::Entry::DEFLATED) },
  "ruby-stream-stored" => ->(target) { stream(target, Zip::Entry::STORED) },
  "ruby-file" => ->(target) { file(target) },
  "ruby-file-zip64" => lambda { |target|
    Zip.write_zip64_support = true
    file(target)
    Zip.write_zip64_support = false
  }
}.each do |mode, write|
  write.call(File.join(OUT, "#{mode}#{SUFFIX}.zip")) if ONLY.nil? || ONLY == mode
end
