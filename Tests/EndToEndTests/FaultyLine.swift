import Foundation
import Synchronization

/// A line between a device and its server on which bytes are lost: a relay for TCP on this machine.
final class FaultyLine: Sendable {
    /// What becomes of the bytes of one connection, from its beginning.
    enum Fault: Sendable {
        /// They all arrive.
        case none
        /// The connection breaks off after so many bytes of the server's.
        case answerCut(after: Int)
        /// The connection breaks off after so many bytes of the device's; the server gets no more than these.
        case requestCut(after: Int)
        /// One bit of the device's byte at this place is another when it arrives.
        case requestChanged(at: Int)
        /// Requests arrive, and nothing comes back, while the connection stays open.
        case silence
        /// Nobody is there.
        case parted
    }

    private struct State {
        var fault = Fault.none
        var target = 0
        var answered = 0
        var asked = 0
        var struck = 0
        var connections = 0
        /// On connections with a lower number nothing comes back any more.
        var firstAlive = 0
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    /// - Parameter target: the port the server listens at.
    init(to target: Int) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.featureUnsupported) }
        port = Int(UInt16(bigEndian: address.sin_port))
        state.withLock { $0.target = target }
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0, let line = self else { return }
                line.carry(connection)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// How many bytes went each way since the fault was last set.
    var carried: (asked: Int, answered: Int) { state.withLock { ($0.asked, $0.answered) } }

    /// How many connections were opened, and how often a fault has struck since it was last set.
    var met: (connections: Int, struck: Int) { state.withLock { ($0.connections, $0.struck) } }

    /// From now on connections go like this; the count of bytes begins anew.
    func set(_ fault: Fault) {
        state.withLock { state in
            state.fault = fault
            (state.asked, state.answered, state.struck) = (0, 0, 0)
        }
    }

    /// Nothing comes back any more on the connections that are open now; nobody is told. New ones go as set.
    func silenceOpenConnections() { state.withLock { $0.firstAlive = $0.connections } }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private func carry(_ device: Int32) {
        let (fault, target, number) = state.withLock { state in
            state.connections += 1
            return (state.fault, state.target, state.connections - 1)
        }
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.address(target)
        let isReached = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        if case .parted = fault { return Self.end(device, server) }
        guard isReached else { return Self.end(device, server) }
        // When one way has ended the other does too, and both ends are closed.
        Thread.detachNewThread { [weak self] in
            let back = DispatchGroup()
            back.enter()
            Thread.detachNewThread { [weak self] in
                self?.pump(from: server, to: device, isAnswer: true, number)
                Self.shut(device, server)
                back.leave()
            }
            self?.pump(from: device, to: server, isAnswer: false, number)
            Self.shut(device, server)
            back.wait()
            Self.end(device, server)
        }
    }

    private static func shut(_ device: Int32, _ server: Int32) {
        shutdown(device, Int32(SHUT_RDWR))
        shutdown(server, Int32(SHUT_RDWR))
    }

    private static func end(_ device: Int32, _ server: Int32) {
        close(device)
        close(server)
    }

    private func pump(from source: Int32, to sink: Int32, isAnswer: Bool, _ number: Int) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { return }
            // Counted over all connections, so that a cut falls where it is wanted however many a visit opens.
            let (kept, isSilent) = state.withLock { state -> (Int, Bool) in
                let former = isAnswer ? state.answered : state.asked
                if isAnswer { state.answered += count } else { state.asked += count }
                if number < state.firstAlive { return (count, isAnswer) }
                switch state.fault {
                case .answerCut(let limit) where isAnswer, .requestCut(let limit) where !isAnswer:
                    let kept = min(count, max(0, limit - former))
                    if kept < count { state.struck += 1 }
                    return (kept, false)
                case .requestChanged(let place) where !isAnswer && former <= place && place < former + count:
                    buffer[place - former] ^= 1
                    state.struck += 1
                    return (count, false)
                case .silence: return (count, isAnswer)
                case .parted: return (-1, false)
                default: return (count, false)
                }
            }
            if isSilent { continue }
            var sent = 0
            while sent < kept {
                let written = buffer.withUnsafeBytes { send(sink, $0.baseAddress! + sent, kept - sent, Int32(MSG_NOSIGNAL)) }
                guard written > 0 else { return }
                sent += written
            }
            if kept < count { return }
        }
    }
}
