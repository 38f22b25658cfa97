import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension DeviceClient {
    /// The one open exception whose id ends so.
    ///
    /// - Throws: ``DeviceProblem`` `not-found` or `ambiguous`.
    public func dispatchException(_ text: String) throws -> RecordView {
        let open = try read { try $0.views("exception", where: "state", equals: .text("open")) }
        let wanted = text.lowercased()
        let found = open.filter { !wanted.isEmpty && $0.id.description.hasSuffix(wanted) }
        guard let only = found.first else {
            throw DeviceProblem("not-found", "No open exception has the id “\(text)”.", next: "List them with `exceptions`.")
        }
        guard found.count == 1 else {
            throw DeviceProblem("ambiguous", "\(found.count) open exceptions end so.", next: "Give more of the id.")
        }
        return only
    }

    /// Ends an exception with the words of the person who dealt with it. An order it held up may close.
    public func dispatchResolve(_ exception: RecordID, words: String) throws -> DispatchTicket {
        let (_, set) = try commit("resolve-exception") { try $0.patch("exception", exception, ["resolution": .text(words)]) }
        return DispatchTicket(record: exception, set: try written(set))
    }

    /// Whether an exception this device resolved is resolved at the server.
    public func dispatchResolution(of ticket: DispatchTicket) throws -> DispatchAnswer {
        try read { reader in
            if let refusal = try setAside(ticket, reader) { return refusal }
            guard try reader.own(ticket.set)?.standing == .answered else { return .pending }
            return .granted("The exception is \(try reader.view("exception", ticket.record)?.text("state") ?? "resolved").")
        }
    }
}
