import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle
import TruckrollCore
import TruckrollProtocol

extension Edge {
    /// Tells a device that its view moved, for as long as its token and its enrolment hold.
    ///
    /// It is a hint: a stream that ends, or is never opened, loses nothing.
    func stream(_ service: any TenantService, _ request: Request, _ context: ConnectionContext) async throws -> Response {
        let session = try admitWithoutBody(request, at: service)
        let target = RequestTarget(method: "GET", pathAndQuery: request.head.path ?? "")
        let after = try Self.position(inQuery: target.query)
        try await calls.run { try service.checkActive(session.replica) }
        try session.checkMayRead()
        let watch = HeadWatch(service: service, session: session, pool: streams, now: configuration.now)
        let (check, heartbeat) = (configuration.streamCheck, configuration.heartbeat)
        var headers: HTTPFields = [.contentType: "text/event-stream"]
        headers.set("x-accel-buffering", "no")
        // The connection ends with the stream, so the client must not send its next request over it.
        headers.set("connection", "close")
        let body = request.body
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let out = writer
                try await body.consumeWithCancellationOnInboundClose { _ in
                    let (wakeUps, poke) = service.heads.subscribe(session.replica)
                    let ticks = context.channel.eventLoop.scheduleRepeatedTask(
                        initialDelay: TimeAmount(check), delay: TimeAmount(check)
                    ) { _ in poke.yield() }
                    defer {
                        ticks.cancel()
                        poke.finish()
                    }
                    try await withGracefulShutdownHandler {
                        var (out, after, written) = (out, after, ContinuousClock.now)
                        for await _ in wakeUps {
                            switch try await watch.look(after: after) {
                            case .over:
                                try await out.finish(nil)
                                return
                            case .moved(let epoch, let position):
                                after = position
                                written = .now
                                try await out.write(Self.event(epoch: epoch, position: position))
                            case .still:
                                guard ContinuousClock.now - written >= heartbeat else { continue }
                                written = .now
                                try await out.write(ByteBuffer(string: ":\n\n"))
                            }
                        }
                        try await out.finish(nil)
                    } onGracefulShutdown: {
                        poke.finish()
                    }
                }
            })
    }

    /// `after=N` and nothing else; no query means from the start.
    private static func position(inQuery query: String?) throws(ServiceProblem) -> UInt64 {
        guard let query else { return 0 }
        let (name, characters) = (Array("?after=".utf8), Array(query.utf8))
        let digits = characters.dropFirst(name.count)
        guard characters.starts(with: name), (1...20).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let position = UInt64(String(decoding: digits, as: UTF8.self))
        else { throw .malformed("The query is after= and a position in decimal digits.") }
        return position
    }

    private static func event(epoch: UInt64, position: UInt64) -> ByteBuffer {
        let epoch = Epoch(rawValue: epoch)
        return ByteBuffer(string: "event: head\ndata: {\"epoch\":\"\(epoch)\",\"position\":\(position)}\n\n")
    }
}

/// Looks at the head for one stream.
struct HeadWatch: Sendable {
    enum Sight: Sendable {
        case moved(epoch: UInt64, position: UInt64)
        case still
        /// Token or enrolment hold no longer.
        case over
    }

    let service: any TenantService
    let session: SessionRecord
    let pool: BlockingPool
    let now: @Sendable () -> UInt64

    func look(after position: UInt64) async throws -> Sight {
        guard now() < session.expiresAt else { return .over }
        let (service, replica) = (service, session.replica)
        do {
            return try await pool.run {
                try service.checkActive(replica)
                let head = try service.head(for: replica, after: position)
                return head.moved ? .moved(epoch: head.epoch, position: head.position) : .still
            }
        } catch let problem as ServiceProblem {
            // A store that cannot be read just now says nothing of the device.
            return problem.status == 503 ? .still : .over
        }
    }
}
