import TruckrollDomain

/// What an instrument beside a gas detector can show of its surroundings. Beyond it somebody mistyped, or read another unit.
public struct AmbientBounds: Sendable {
    private let name: String
    private let unit: String
    private let lowest: String
    private let highest: String
    /// Whether the lowest value itself is still one.
    private let takesLowest: Bool

    private init(_ name: String, _ unit: String, from lowest: String, to highest: String, takesLowest: Bool = true) {
        (self.name, self.unit, self.lowest, self.highest, self.takesLowest) = (name, unit, lowest, highest, takesLowest)
    }

    /// Gas flows over a sensor at some tenths of a litre to a few litres a minute; pumps for pipes go further.
    public static let flow = AmbientBounds("Flow", "l/min", from: "0", to: "100", takesLowest: false)
    public static let temperature = AmbientBounds("Temperature", "°C", from: "-90", to: "100")
    public static let humidity = AmbientBounds("Relative humidity", "%", from: "0", to: "100")
    /// From the highest mountain to a pressurised caisson.
    public static let pressure = AmbientBounds("Air pressure", "hPa", from: "300", to: "1500")

    /// What is wrong with a value as typed; `nil` when nothing is.
    public func problem(_ text: String) -> String? {
        guard let value = Quantity(text), let low = Quantity(lowest), let high = Quantity(highest) else { return "\(name) “\(text)” is no number." }
        guard takesLowest ? value >= low : value > low, value <= high else {
            return "\(name) is \(takesLowest ? "from" : "above") \(lowest) to \(highest) \(unit); \(text) is not."
        }
        return nil
    }
}
