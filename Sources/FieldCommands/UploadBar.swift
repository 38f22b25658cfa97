import TruckrollClient
import TruckrollProtocol
import TruckrollTerminal

/// Shows how far the attachments of a sync are, once there is enough of them to wait for.
struct UploadBar {
    private let terminal: Terminal
    private let isQuiet: Bool
    private var progress: Progress?

    init(on terminal: Terminal, isQuiet: Bool) {
        (self.terminal, self.isQuiet) = (terminal, isQuiet)
    }

    mutating func show(_ upload: UploadProgress) {
        guard upload.total > Limits.attachmentPartBytes else { return }
        let start = ContinuousClock.now
        var bar =
            progress
            ?? Progress("Uploading attachments, kB", total: upload.total / 1024, on: terminal, isQuiet: isQuiet) {
                start.duration(to: .now)
            }
        bar.advance(by: upload.bytes / 1024 - bar.done)
        progress = bar
    }

    mutating func finish() { progress?.finish() }
}
