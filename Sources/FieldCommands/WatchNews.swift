import CommandSupport
import TruckrollClient
import TruckrollSync

/// Which syncs of a long watch are worth a line.
///
/// The server's wake-ups end whenever it restarts, and then a sync finds nothing: that is told the first time and when the network
/// is back, not every time. The same goes for being offline.
struct WatchNews {
    private var wasReached: Bool?

    /// Whether to tell of a sync; remembers it for the next one.
    mutating func isNews(_ result: Result<SyncReport, any Error>) -> Bool {
        let before = wasReached
        switch result {
        case .success(let report):
            wasReached = true
            return before != true || !report.isIdle
        case .failure(let error):
            guard ExitStatus.of(error) == .pending else { return true }
            wasReached = false
            return before != false
        }
    }
}

extension SyncReport {
    /// Whether nothing moved in either direction.
    var isIdle: Bool {
        answered == 0 && recordsChanged == 0 && recordsGone == 0 && attachmentsSent == 0 && repaired == 0 && givenBack == 0 && newReplica == nil
    }
}
