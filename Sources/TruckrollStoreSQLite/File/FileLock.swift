import Synchronization
import TruckrollStoreSQL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Holds `<path>.lock` for as long as a database file is open, so that one process at a time opens the file.
///
/// The lock belongs to the open descriptor and goes with the process, however it ends. The lock file itself stays: deleting
/// it would let two processes each hold a lock on a file of that name.
final class FileLock: Sendable {
    /// `nil` once released.
    private let descriptor: Mutex<Int32?>

    /// Takes the lock, trying again until `patience` is over.
    ///
    /// - Throws: ``StoreProblem/inUse(path:process:)`` with the holder's process number, or `cannotOpen`.
    init(path: String, patience: Duration) throws {
        let name = path + ".lock"
        let opened = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw StoreProblem.cannotOpen(path: path, detail: "\(name): \(Self.lastError())") }
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: patience)
        while flock(opened, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else {
                let detail = Self.lastError()
                close(opened)
                throw StoreProblem.cannotOpen(path: path, detail: "\(name): \(detail)")
            }
            guard clock.now < deadline else {
                let holder = Self.processNumber(in: opened)
                close(opened)
                throw StoreProblem.inUse(path: path, process: holder)
            }
            usleep(20_000)
        }
        Self.write(processNumber: getpid(), to: opened)
        descriptor = Mutex(opened)
    }

    deinit { release() }

    /// Frees the lock; once is enough, twice is harmless.
    func release() {
        descriptor.withLock { held in
            if let held { close(held) }
            held = nil
        }
    }

    /// For the message to the next one only, so a failure to write it does not matter.
    private static func write(processNumber: Int32, to descriptor: Int32) {
        let text = Array("\(processNumber)\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    private static func processNumber(in descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: buffer.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self))
    }

    private static func lastError() -> String { String(cString: strerror(errno)) }
}
