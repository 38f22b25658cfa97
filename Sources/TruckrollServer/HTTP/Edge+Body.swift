import Hummingbird
import NIOCore
import TruckrollProtocol

extension Edge {
    /// The form of the request's body.
    ///
    /// - Throws: ``ServiceProblem/mediaTypeUnsupported``, also for any content coding: nothing is inflated here.
    func bodyForm(_ request: Request) throws(ServiceProblem) -> WireForm {
        guard !request.headers.has("content-encoding"), let type = request.headers.single("content-type"),
            let form = WireForm(mediaType: type)
        else { throw .mediaTypeUnsupported }
        return form
    }

    /// The form of the reply: the first one known in Accept, else the request's.
    func replyForm(_ request: Request, _ form: WireForm) -> WireForm {
        guard let accept = request.headers.single("accept") else { return form }
        return accept.split(separator: ",").lazy.compactMap { WireForm(mediaType: String($0)) }.first ?? form
    }

    /// Runs `use` with the whole body, which must arrive in time, stay below `limit` bytes, and find room in the budget until `use` is over.
    ///
    /// - Parameter time: how long it may take; when left out, that of a message, and what the bytes it announces take on a slow line.
    func withBody<Value>(
        of request: Request, upTo limit: Int, within time: Duration? = nil, from budget: BodyBudget, _ use: ([UInt8]) async throws -> Value
    ) async throws -> Value {
        let share = budget.share()
        defer { share.giveBack() }
        return try await use(try await collect(request, upTo: limit, within: time, share))
    }

    private func collect(_ request: Request, upTo limit: Int, within time: Duration?, _ share: BodyBudget.Share) async throws -> [UInt8] {
        try refuseAnnounced(request, over: limit)
        let body = request.body
        return try await withDeadline(time ?? configuration.bodyTime(announcing: announced(request))) {
            var bytes: [UInt8] = []
            for try await part in body {
                guard bytes.count + part.readableBytes <= limit else { throw ServiceProblem.bodyTooLarge(limit: limit) }
                try share.take(part.readableBytes)
                bytes += part.readableBytesView
            }
            return bytes
        }
    }

    /// Refuses a body whose announced length is over `limit` before any of it is read.
    func refuseAnnounced(_ request: Request, over limit: Int) throws(ServiceProblem) {
        if let length = announced(request), length > limit { throw .bodyTooLarge(limit: limit) }
    }

    /// How many bytes the request says that its body has.
    private func announced(_ request: Request) -> Int? { request.headers.single("content-length").flatMap { Int($0) } }

    func decode<Body: WireMessage>(_: Body.Type, _ bytes: [UInt8], _ form: WireForm) throws(ServiceProblem) -> Body {
        do { return try Body(wire: bytes, form: form) } catch { throw .malformed(error.detail) }
    }
}
