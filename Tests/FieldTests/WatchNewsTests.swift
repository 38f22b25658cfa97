import Testing
import TruckrollClient
import TruckrollSync

@testable import FieldCommands

@Suite("What a long watch tells")
struct WatchNewsTests {
    private func sync(_ answered: Int = 0) -> Result<SyncReport, any Error> {
        var report = SyncReport()
        report.answered = answered
        return .success(report)
    }

    @Test("an idle sync is told the first time and when the network is back, not after each restart of the server")
    func idle() {
        var news = WatchNews()
        let offline = Result<SyncReport, any Error>.failure(TransportProblem.offline("no network"))
        #expect(
            [sync(), sync(), sync(2), sync(), offline, offline, sync(), sync()].map { news.isNews($0) } == [
                true, false, true, false, true, false, true, false,
            ])
    }

    @Test("other problems are told every time")
    func problems() {
        var news = WatchNews()
        struct Broken: Error {}
        #expect(news.isNews(.failure(Broken())) && news.isNews(.failure(Broken())))
    }
}
