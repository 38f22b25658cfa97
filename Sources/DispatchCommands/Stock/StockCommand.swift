import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct StockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stock", abstract: "See and move stock, promise it, and have more of it sent.",
        discussion: """
            What is available is what lies there, less what is promised, waited for and kept back; for a later day, with what is announced \
            until then. Server and devices find the same figure at the same position.

            EXAMPLE
              truckroll-dispatch stock list
              truckroll-dispatch stock available HI-1002 --on 2026-12-01
              truckroll-dispatch stock receive HI-1002 10 --at "Depot Nord"

            EXIT STATUS: 0 done; 2 it had no effect, the reason is printed; 3 recorded, to be decided when this device syncs; \
            64 bad usage; 1 anything else.
            JSON: each command says in its own help what it prints with --json.
            """,
        subcommands: [
            StockListCommand.self, StockAvailableCommand.self, StockReceiveCommand.self, StockMoveCommand.self, StockReturnCommand.self,
            StockWriteOffCommand.self, StockHandOutCommand.self, StockHandOversCommand.self, StockAnswerCommand.self, StockCountCommand.self,
            StockLotCommand.self, StockLotsCommand.self,
            StockReserveCommand.self, StockCandidatesCommand.self, StockCertificateCommand.self, StockCertificatesCommand.self,
            StockWaitingCommand.self, StockAnnounceCommand.self, StockAnnouncedCommand.self,
            StockPolicyCommand.self, StockReplenishmentsCommand.self,
        ])
}

extension StockCommand {
    static let written = """
        EXIT STATUS: 0 done; 2 it had no effect, the reason is printed; 3 recorded, to be decided when this device syncs; \
        64 bad usage; 1 anything else.
        """
    static let read = "EXIT STATUS: 0 shown, being offline included; 64 bad usage; 1 anything else."
}

extension DeviceSession {
    /// Records something about stock, syncs, and tells what became of it; of a hand-over its code as well.
    func stock(_ about: String, _ words: String, _ body: (DeviceClient) throws -> DispatchTicket) async throws -> ExitStatus {
        let reach = try await sync()
        let ticket = try body(client)
        try await deliver(after: reach)
        let answer = try client.dispatchStockAnswer(to: ticket) { _ in words }
        let code = try client.read { try $0.view("hand_over", ticket.record)?.text("code") }
        return report(
            answer, about: about, json: [("id", .string("\(ticket.record)"))] + (code.map { [("code", .string(HandOverCode.spoken($0)))] } ?? []))
    }
}
