import Foundation

/// Answers one request with a web page, as the network of a hotel does.
final class Portal: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else { throw CocoaError(.fileReadUnknown) }
        port = Int(UInt16(bigEndian: address.sin_port))
        serveOnce()
    }

    deinit { close(descriptor) }

    /// On a thread of its own, so that it answers however busy the tests' threads are.
    private func serveOnce() {
        let descriptor = descriptor
        Thread.detachNewThread {
            let connection = accept(descriptor, nil, nil)
            var buffer = [UInt8](repeating: 0, count: 65536)
            _ = recv(connection, &buffer, buffer.count, 0)
            let page = Array("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>".utf8)
            _ = send(connection, page, page.count, Int32(MSG_NOSIGNAL))
            close(connection)
        }
    }
}
