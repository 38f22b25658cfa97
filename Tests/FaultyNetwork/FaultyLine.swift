import Foundation
import Synchronization

/// A line between devices and a server of this machine that loses, changes and holds back bytes, as a test says.
package final class FaultyLine: Sendable {
    /// What becomes of bytes; counts are over all connections since it was set.
    package struct Faults: Sendable {
        /// Bytes on their way to a device that arrive as others of the same length.
        package var replacement: (from: [UInt8], to: [UInt8])?
        /// The byte of the requests that arrives with one bit changed.
        package var changedRequestByte: Int?
        /// Bytes that go to the server before everything breaks off.
        package var requestBytes = Int.max
        /// Bytes that come from the server before everything breaks off.
        package var answerBytes = Int.max
        /// Requests whose path ends so arrive, and their connection breaks off before anything comes back.
        package var unansweredPath: String?
        /// Requests arrive, and nothing comes back, while connections stay open.
        package var isSilent = false
        /// Nobody is there.
        package var isParted = false

        package init() {}

        package static func with(_ change: (inout Faults) -> Void) -> Faults {
            var faults = Faults()
            change(&faults)
            return faults
        }
    }

    /// What has gone over the line since its faults were set.
    package struct Traffic: Sendable {
        package var requestBytes = 0
        package var answerBytes = 0
        /// Requests that arrived.
        package var requests = 0
        /// Streams of events that the server began.
        package var streams = 0
        /// How often bytes were changed, or a connection was cut in the midst of some.
        package var struck = 0
    }

    private struct State {
        var faults = Faults()
        var traffic = Traffic()
        var connections = 0
        /// On connections with a lower number nothing comes back any more.
        var firstAlive = 0
        /// On these something was asked that is not answered.
        var unanswered: Set<Int> = []
    }

    package let port: Int
    private let server: Int
    private let listener: Int32
    private let state = Mutex(State())

    /// - Parameter server: the port the server listens at.
    package init(to server: Int) throws {
        self.server = server
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.local(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileReadUnknown) }
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

    package var url: String { "http://127.0.0.1:\(port)" }
    package var traffic: Traffic { state.withLock { $0.traffic } }

    /// From now on bytes go like this; the counts begin anew.
    package func set(_ faults: Faults) {
        state.withLock { state in
            state.faults = faults
            state.traffic = Traffic()
        }
    }

    /// Nothing comes back any more on the connections that are open now; nobody is told. New ones go as set.
    package func silenceOpenConnections() { state.withLock { $0.firstAlive = $0.connections } }

    private static func local(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private func carry(_ device: Int32) {
        let (number, isParted) = state.withLock { state in
            state.connections += 1
            return (state.connections - 1, state.faults.isParted)
        }
        guard !isParted else {
            close(device)
            return
        }
        let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.local(server)
        let isReached = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(upstream, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        guard isReached else {
            close(device)
            close(upstream)
            return
        }
        let both = Ends(device, upstream)
        Thread.detachNewThread { self.pump(device, upstream, both) { self.request($0, of: number) } }
        Thread.detachNewThread { self.pump(upstream, device, both) { self.answer($0, of: number) } }
    }

    /// What arrives of some bytes, and whether the connection goes on.
    private typealias Rest = (bytes: ArraySlice<UInt8>, goesOn: Bool)

    private func request(_ bytes: [UInt8], of connection: Int) -> Rest {
        state.withLock { state in
            var bytes = bytes
            if bytes.firstRange(of: Array(" HTTP/1.1\r\n".utf8)) != nil { state.traffic.requests += 1 }
            if let path = state.faults.unansweredPath, bytes.firstRange(of: Array("\(path) HTTP/1.1\r\n".utf8)) != nil {
                state.unanswered.insert(connection)
            }
            let start = state.traffic.requestBytes
            state.traffic.requestBytes += bytes.count
            if let place = state.faults.changedRequestByte, (start..<start + bytes.count).contains(place) {
                bytes[place - start] ^= 1
                state.traffic.struck += 1
            }
            return Self.cut(bytes, from: start, at: state.faults.requestBytes, &state)
        }
    }

    private func answer(_ bytes: [UInt8], of connection: Int) -> Rest {
        state.withLock { state in
            var bytes = bytes
            let start = state.traffic.answerBytes
            state.traffic.answerBytes += bytes.count
            if bytes.firstRange(of: Array("text/event-stream".utf8)) != nil { state.traffic.streams += 1 }
            if let (from, to) = state.faults.replacement, let place = bytes.firstRange(of: from) {
                bytes.replaceSubrange(place, with: to)
                state.traffic.struck += 1
            }
            if state.unanswered.remove(connection) != nil {
                state.traffic.struck += 1
                return ([], false)
            }
            if connection < state.firstAlive || state.faults.isSilent { return ([], true) }
            return Self.cut(bytes, from: start, at: state.faults.answerBytes, &state)
        }
    }

    private static func cut(_ bytes: [UInt8], from start: Int, at limit: Int, _ state: inout State) -> Rest {
        if state.faults.isParted { return ([], false) }
        let kept = bytes.prefix(max(0, limit - start))
        if kept.count < bytes.count { state.traffic.struck += 1 }
        return (kept, kept.count == bytes.count)
    }

    private func pump(_ from: Int32, _ to: Int32, _ ends: Ends, _ arriving: ([UInt8]) -> Rest) {
        var buffer = [UInt8](repeating: 0, count: 16384)
        defer { ends.finish() }
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            var (rest, goesOn) = arriving(Array(buffer[..<count]))
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { return }
                rest = rest.dropFirst(sent)
            }
            guard goesOn else { return }
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
