import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A cylinder of calibration gas and whether it may still be used.
public struct GasLine: Sendable {
    public let id: RecordID
    public let cylinder: String
    public let lot: String
    public let gas: String
    /// Concentration with its unit.
    public let concentration: String
    public let expiresOn: String
    public let isWithdrawn: Bool
    /// Past its last day by the device's corrected clock.
    public let isExpired: Bool
    public let location: String

    /// Whether a calibration may rest on it (I11).
    public var isUsable: Bool { !isWithdrawn && !isExpired }
}

extension DeviceClient {
    /// The cylinders in the user's van, or all this device knows, by number.
    public func gases(all: Bool = false) throws -> [GasLine] {
        let today = try now().date
        return try screen { screen in
            let reader = screen.reader
            let van = try reader.van(of: screen.user)
            let cylinders =
                try all
                ? reader.views("reference_gas") : (van.map { try reader.views("reference_gas", where: "location", equals: .reference($0.id)) } ?? [])
            return try cylinders.map { gas in
                let location = try gas.reference("location").flatMap { try reader.view("stock_location", $0)?.text("name") }
                return GasLine(
                    id: gas.id, cylinder: gas.text("cylinder") ?? "", lot: gas.text("lot") ?? "", gas: gas.text("gas_name") ?? "",
                    concentration: "\(gas.text("concentration") ?? "") \(gas.text("unit") ?? "")", expiresOn: gas.text("expires_on") ?? "",
                    isWithdrawn: gas.text("withdrawn") == "yes",
                    isExpired: gas.text("expires_on").flatMap { CalendarDate($0) }.map { $0 < today } ?? false,
                    location: location ?? "")
            }.sorted { $0.cylinder < $1.cylinder }
        }
    }
}
