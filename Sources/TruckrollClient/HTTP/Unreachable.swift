import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why there is no way to a server, in words that help a person who knows nothing of sockets.
enum Unreachable {
    static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.last.map { words($0.error) } ?? "there is no network, or the server's name is not known in it"
        case let error as IOError: words(errno: error.errnoCode)
        case let error as ChannelError: words(error)
        case let error as HTTPClientError: words(error)
        default: "there is no way to the server"
        }
    }

    private static func words(errno code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "no server runs at that address"
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL: "there is no network to the server"
        case ETIMEDOUT: "the server's address does not answer"
        case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN: "the connection broke off"
        default: "there is no way to the server"
        }
    }

    private static func words(_ error: ChannelError) -> String {
        if case .connectTimeout = error { "the server's address does not answer" } else { "the connection broke off" }
    }

    private static func words(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout: "the server's address does not answer"
        case .remoteConnectionClosed, .uncleanShutdown: "the connection broke off"
        case .invalidURL, .emptyHost, .emptyScheme: "the server's address cannot be used"
        default: "there is no way to the server"
        }
    }
}
