import Foundation
import Synchronization

/// A network between a device and its server that changes bytes and breaks off, as a test says.
final class Proxy: Sendable {
    struct Faults: Sendable {
        /// Bytes on their way to the device that arrive as others of the same length.
        var replacement: (from: [UInt8], to: [UInt8])?
        /// Bytes that still go to the server, over all connections, before everything breaks off.
        var upstreamBytes = Int.max
        /// Bytes that still come from the server.
        var downstreamBytes = Int.max
    }

    let port: Int
    let faults = Mutex(Faults())
    private let server: Int
    private let listener: Int32

    init(to server: Int) throws {
        self.server = server
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.local(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw CocoaError(.fileReadUnknown) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while true {
                let device = accept(listener, nil, nil)
                guard device >= 0, let self else { return }
                self.carry(device)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func local(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private func carry(_ device: Int32) {
        let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.local(server)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(upstream, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else {
            close(device)
            close(upstream)
            return
        }
        let both = Ends(device, upstream)
        Thread.detachNewThread { self.pump(device, upstream, \.upstreamBytes, changing: false, both) }
        Thread.detachNewThread { self.pump(upstream, device, \.downstreamBytes, changing: true, both) }
    }

    private func pump(_ from: Int32, _ to: Int32, _ budget: any WritableKeyPath<Faults, Int> & Sendable, changing: Bool, _ ends: Ends) {
        var buffer = [UInt8](repeating: 0, count: 16384)
        defer { ends.finish() }
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            var bytes = Array(buffer[..<count])
            let (allowed, replacement) = faults.withLock { faults in
                let allowed = min(bytes.count, faults[keyPath: budget])
                if faults[keyPath: budget] != .max { faults[keyPath: budget] -= allowed }
                return (allowed, faults.replacement)
            }
            if changing, let replacement, let place = bytes.firstRange(of: replacement.from) { bytes.replaceSubrange(place, with: replacement.to) }
            var sent = 0
            while sent < allowed {
                let done = bytes[sent..<allowed].withUnsafeBytes { send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard done > 0 else { return }
                sent += done
            }
            guard allowed == bytes.count else { return }
        }
    }

    /// The two sockets of one connection, closed once when either direction is over.
    private final class Ends: Sendable {
        private let sockets: [Int32]
        private let left = Mutex(2)

        init(_ sockets: Int32...) { self.sockets = sockets }

        func finish() {
            for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
            let isLast = left.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast { for socket in sockets { close(socket) } }
        }
    }
}
