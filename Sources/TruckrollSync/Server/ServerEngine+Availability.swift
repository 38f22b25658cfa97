import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

extension ServerEngine {
    /// What can be promised of a part at a place, and the position of the log it holds for. A device that has synced to the position
    /// finds the same on the same day.
    public func availability(of part: RecordID, at location: RecordID, at moment: ServerMoment) throws -> (
        position: Position, stock: StockAvailability
    ) {
        try store.read { transaction in
            let book = StockBook(schema: schema, access: StoredRecords(transaction: transaction))
            return (
                try transaction.tenant()?.head ?? .start,
                try book.availability(of: part, at: location, today: moment.calendar.local(moment.milliseconds).date)
            )
        }
    }

    /// What can be promised of a part at each place in the view of a replica, for today and for a day.
    ///
    /// - Throws: ``EngineProblem`` `malformed`, `replica-unknown`.
    public func availability(_ request: PBAvailabilityRequest, replica id: ReplicaID, at moment: ServerMoment) throws -> PBAvailabilityReply {
        let today = moment.calendar.local(moment.milliseconds).date
        guard let part = RecordID(bytes: Array(request.part)), let day = request.day.isEmpty ? today : CalendarDate(request.day) else {
            throw EngineProblem(
                "malformed", "A part's id has 16 bytes, and a day is written YYYY-MM-DD.", next: "Ask again with both as they should be.")
        }
        return try store.read { transaction in
            guard let tenant = try transaction.tenant(), try transaction.replica(id) != nil else {
                throw EngineProblem("replica-unknown", "This server has not enrolled the replica.", next: "Enrol again; the outbox stays.")
            }
            let book = StockBook(schema: schema, access: StoredRecords(transaction: transaction))
            var reply = PBAvailabilityReply()
            (reply.epoch, reply.position) = (tenant.epoch.rawValue, tenant.head.rawValue)
            (reply.today, reply.day) = (today.description, day.description)
            let balances = try StoredRecords(transaction: transaction).views(schema.entity("balance"), where: "part", equals: .reference(part))
            for location in balances.compactMap({ $0.reference("location") }).sorted() {
                guard try transaction.viewScope(id, Scope("stock", location))?.weight ?? 0 > 0 else { continue }
                let stock = try book.availability(of: part, at: location, today: today)
                var place = PBAvailabilityAt()
                place.location = data(location.bytes)
                (place.onHand, place.reserved, place.leased) = ("\(stock.onHand)", "\(stock.reserved)", "\(stock.leased)")
                (place.backordered, place.safetyStock, place.unusable) = ("\(stock.backordered)", "\(stock.safetyStock)", "\(stock.unusable)")
                (place.available, place.availableOnDay) = ("\(stock.available)", "\(stock.available(on: day, today: today))")
                reply.places.append(place)
            }
            return reply
        }
    }
}

/// The server's records as they are stored.
private final class StoredRecords: RecordReading {
    private let transaction: any ServerTransaction

    init(transaction: any ServerTransaction) { self.transaction = transaction }

    func record(_ key: RecordKey) throws -> Record? { try transaction.record(key)?.record }

    func ids(_ entity: Entity, where column: String, equals value: Value) throws -> [RecordID] {
        try transaction.ids(entity, where: column, equals: value)
    }
}
