import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes to a file descriptor without a buffer of its own.
final class DescriptorStream: Sendable {
    private let descriptor: Int32
    private let intact = Mutex(true)

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// False once something could not be written to a reader that was still there.
    var isIntact: Bool { intact.withLock { $0 } }

    /// Writes every byte, past short writes and interruptions. The first failure ends the writing for good.
    func send(_ text: String) {
        fflush(nil)  // what `print` buffered comes first
        intact.withLock { intact in
            guard intact else { return }
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if written >= 0 {
                    rest = rest.dropFirst(written)
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    intact = errno == EPIPE
                    return
                }
            }
        }
    }
}
