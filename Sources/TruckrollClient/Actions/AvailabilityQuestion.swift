import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What the server says can be promised of a part.
public struct PromisableStock: Sendable, Hashable {
    /// A place, by its id, with what can be promised there today and for the day.
    public struct Place: Sendable, Hashable {
        public let location: RecordID
        public let available: Quantity
        public let availableOnDay: Quantity
    }

    /// The position of the log for which it holds: a device that has synced to it finds the same.
    public let position: Position
    public let today: CalendarDate
    public let day: CalendarDate
    public let places: [Place]
}

extension DeviceClient {
    /// Asks the server what can be promised of a part, without syncing.
    ///
    /// - Parameter day: the company's today when it is `nil`.
    /// - Throws: ``TransportProblem``.
    public func askAvailability(of part: RecordID, on day: CalendarDate?) async throws -> PromisableStock {
        var request = PBAvailabilityRequest()
        request.part = data(part.bytes)
        request.day = day?.description ?? ""
        let asked = request
        let reply = try await withTransport { transport, _ in try await transport.availability(asked) }
        let places = reply.places.compactMap { place in
            guard let location = RecordID(bytes: Array(place.location)), let now = Quantity(place.available),
                let later = Quantity(place.availableOnDay)
            else { return nil as PromisableStock.Place? }
            return PromisableStock.Place(location: location, available: now, availableOnDay: later)
        }
        guard places.count == reply.places.count, let today = CalendarDate(reply.today), let day = CalendarDate(reply.day) else {
            throw TransportProblem.notTruckroll("An answer about stock cannot be read.")
        }
        return PromisableStock(position: Position(rawValue: reply.position), today: today, day: day, places: places)
    }
}
