import Hummingbird
import Logging
import NIOCore

/// What the edge knows of a request besides its bytes.
struct ConnectionContext: InitializableFromSource {
    let channel: any Channel
    let logger: Logger

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }
}
