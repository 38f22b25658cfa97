import Foundation
import Synchronization

/// Where the server of a data directory listens: `server.address`, locked for as long as that server runs.
///
/// A killed server leaves the file behind, and anybody on the machine may listen on its port by then. The lock goes with the
/// process, however it ends: what nobody holds locked is nobody's word, and no secret is sent there.
final class ServerAddress: Sendable {
    private let path: String
    /// The open file while this process serves.
    private let held = Mutex<Int32?>(nil)

    init(directory: URL) { path = directory.appendingPathComponent("server.address").path }

    deinit { withdraw() }

    /// Tells commands of this machine where this process listens, until ``withdraw()`` or its end.
    func announce(_ url: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
        // Only a command that is looking whether it is held stands in the way, for a moment.
        while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
        let bytes = Array(url.utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            close(descriptor)
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        held.withLock { $0 = descriptor }
    }

    /// Takes the file away, if this process announced anything.
    func withdraw() {
        held.withLock { descriptor in
            guard let open = descriptor else { return }
            unlink(path)
            close(open)
            descriptor = nil
        }
    }

    /// Where a server listens that runs now; `nil` when none does.
    func present() -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
