import NIOCore
import NIOHTTP1
import TruckrollProtocol

/// Answers what is no HTTP request with a problem document, and lets nothing that follows on the connection be read as one.
///
/// The framework answers a head it cannot read with a bare 400. This handler sits behind the codec, where heads that parsed
/// and still make no request fail, and puts ``BareRefusals`` before it.
final class MalformedRequests: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private var isBroken = false

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? pipeline.addHandler(BareRefusals(), position: .after(decoder))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // The body of a head that was refused belongs to nothing.
        if !isBroken { context.fireChannelRead(data) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is IOError, is ChannelError: context.fireErrorCaught(error)
        case is HTTPParserError:
            isBroken = true
            context.fireErrorCaught(error)
        default:
            // The codec's own refusal, told like the parser's, which the framework answers and closes after.
            isBroken = true
            context.fireErrorCaught(HTTPParserError.unknown)
        }
    }
}

/// Gives the framework's bare 400, the one answer that belongs to no request, the body every error has.
final class BareRefusals: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var requests = 0
    private var answers = 0
    private var isOver = false
    private var isUnreadable = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isUnreadable else { return }
        if case .head(let head) = unwrapInboundIn(data) {
            guard Self.hasOneLength(head.headers) else {
                // Told like a head that could not be read; whatever follows it is not looked at.
                isUnreadable = true
                context.fireErrorCaught(HTTPParserError.invalidContentLength)
                return
            }
            requests += 1
        }
        context.fireChannelRead(data)
    }

    /// Whether nobody on the way can take the body for longer or shorter than this server does (RFC 9112, section 6.3).
    private static func hasOneLength(_ headers: HTTPHeaders) -> Bool {
        let (lengths, codings) = (headers["content-length"], headers["transfer-encoding"])
        return codings.isEmpty ? lengths.count <= 1 : lengths.isEmpty && codings.count == 1 && codings[0].lowercased() == "chunked"
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.succeed(())
            return
        }
        switch unwrapOutboundIn(data) {
        case .head where answers == requests:
            isOver = true
            refuse(context)
            promise?.succeed(())
        case .end:
            answers += 1
            context.write(data, promise: promise)
        default: context.write(data, promise: promise)
        }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        let document = ServiceProblem.malformed("This is no well-formed request of HTTP.").document
        let body = (try? document.encoded()) ?? []
        var headers = HTTPHeaders(Front.securityHeaders)
        headers.add(name: "content-type", value: ProblemDocument.mediaType)
        headers.add(name: "content-length", value: "\(body.count)")
        headers.add(name: "connection", value: "close")
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .badRequest, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: .seconds(HTTPLimits.lingerSeconds)) { channel.close(promise: nil) }
    }
}
