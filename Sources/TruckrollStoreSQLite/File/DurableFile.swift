import Foundation

/// Files that a crash leaves whole: as they were, or as they were to be.
///
/// A file's bytes are on disk when it is synced, its name when its folder is. Errors are `CocoaError`, with the path.
public enum DurableFile {
    /// Writes beside, syncs, and takes the place of what has the name.
    public static func write(_ bytes: [UInt8], to path: String, permissions: Int = 0o600) throws {
        try write(bytes, beside: path + ".new", O_TRUNC, to: path, permissions)
    }

    /// Writes a file of a name that nothing has yet, with no look beforehand that another could slip in after. Where it fails
    /// nothing is left; a crash may leave an empty file, and one beside it.
    public static func create(_ bytes: [UInt8], at path: String, permissions: Int = 0o600) throws {
        // The name is taken first: what takes its place afterwards takes that of a file of our own.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(permissions))
        guard descriptor >= 0 else { throw problem(path) }
        close(descriptor)
        do { try write(bytes, beside: "\(path).\(getpid()).new", O_EXCL, to: path, permissions) } catch {
            unlink(path)
            // What has a name is what lies beside.
            throw error is CocoaError && (error as? CocoaError)?.code == .fileWriteFileExists ? problem("\(path).\(getpid()).new") : error
        }
    }

    private static func write(_ bytes: [UInt8], beside fresh: String, _ flag: Int32, to path: String, _ permissions: Int) throws {
        let descriptor = open(fresh, O_WRONLY | O_CREAT | flag | O_CLOEXEC, mode_t(permissions))
        guard descriptor >= 0 else { throw problem(path) }
        do {
            defer { close(descriptor) }
            var written = 0
            while written < bytes.count {
                let count = bytes[written...].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(written)) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw problem(path) }
                written += count
            }
            guard fsync(descriptor) == 0 else { throw problem(path) }
            try move(fresh, to: path)
        } catch {
            unlink(fresh)
            throw error
        }
    }

    /// Gives a synced file another name, in the place of what has it, and waits until that is on disk.
    public static func move(_ path: String, to target: String) throws {
        guard rename(path, target) == 0 else { throw problem(target) }
        try synchronizeFolder(of: target)
        if folder(of: path) != folder(of: target) { try synchronizeFolder(of: path) }
    }

    /// Makes a folder and those above it that are missing, and waits until their names are on disk.
    public static func makeFolder(_ path: String, permissions: Int = 0o700) throws {
        if FileManager.default.fileExists(atPath: path) { return }
        let parent = folder(of: path)
        if parent != path { try makeFolder(parent, permissions: permissions) }
        guard mkdir(path, mode_t(permissions)) == 0 || errno == EEXIST else { throw problem(path) }
        try synchronizeFolder(of: path)
    }

    /// Waits until the names in the folder that holds the file are on disk.
    public static func synchronizeFolder(of path: String) throws {
        let descriptor = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw problem(path) }
    }

    private static func folder(of path: String) -> String {
        // Foundation traps on names of one letter. Bytes, not characters: an accent behind the slash would be one with it.
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func problem(_ path: String) -> CocoaError {
        let code: CocoaError.Code =
            switch errno {
            case ENOSPC, EDQUOT, EFBIG: .fileWriteOutOfSpace
            case EACCES, EPERM: .fileWriteNoPermission
            case EROFS: .fileWriteVolumeReadOnly
            case ENOENT: .fileNoSuchFile
            case EEXIST: .fileWriteFileExists
            default: .fileWriteUnknown
            }
        return CocoaError(code, userInfo: [NSFilePathErrorKey: path])
    }
}
