/// What a run is like. The same options give the same run, to the byte.
public struct SimulationOptions: Hashable, Sendable {
    public var seed: UInt64
    public var devices: Int
    /// Hours of virtual time in which people work.
    public var hours: Int
    public var actsPerHour: Int
    public var faults: Set<Fault>
    /// P-256 signatures; else a keyed hash stands for them.
    public var realSignatures: Bool

    public init(
        seed: UInt64, devices: Int = 5, hours: Int = 8, actsPerHour: Int = 20, faults: Set<Fault> = Set(Fault.allCases), realSignatures: Bool? = nil
    ) {
        self.seed = seed
        self.devices = devices
        self.hours = hours
        self.actsPerHour = actsPerHour
        self.faults = faults
        self.realSignatures = realSignatures ?? (seed % 20 == 0)
    }
}
