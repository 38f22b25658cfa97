/// A flammable gas and what two standards say about it: they disagree, so a channel names the one it is set up by.
struct FlammableGas: Sendable {
    /// Limits in %vol, ignition temperature in degrees Celsius.
    struct Limits: Hashable, Sendable {
        let lower: String
        let upper: String
        let ignition: Int
    }

    let cas: String
    let name: String
    let formula: String
    /// Equipment group by IEC 60079-20-1.
    let group: String
    let iec: Limits
    let nfpa: Limits

    init(_ cas: String, _ name: String, _ formula: String, _ group: String, iec: (String, String, Int), nfpa: (String, String, Int)) {
        self.cas = cas
        self.name = name
        self.formula = formula
        self.group = group
        self.iec = Limits(lower: iec.0, upper: iec.1, ignition: iec.2)
        self.nfpa = Limits(lower: nfpa.0, upper: nfpa.1, ignition: nfpa.2)
    }
}

/// Flammable limits of the gases met in the field.
enum Gases {
    static let iecSource = "IEC 60079-20-1:2010"
    static let nfpaSource = "NFPA 497:2008"

    static let all: [FlammableGas] = fuels + process + solvents

    /// The gas of a CAS number.
    static func gas(_ cas: String) -> FlammableGas? { all.first { $0.cas == cas } }

    /// Alkanes.
    private static let fuels: [FlammableGas] = [
        FlammableGas("74-82-8", "methane", "CH4", "IIA", iec: ("4.4", "17", 600), nfpa: ("5", "15", 600)),
        FlammableGas("74-84-0", "ethane", "C2H6", "IIA", iec: ("2.4", "15.5", 515), nfpa: ("3", "12.5", 472)),
        FlammableGas("74-98-6", "propane", "C3H8", "IIA", iec: ("1.7", "10.9", 450), nfpa: ("2.1", "9.5", 450)),
        FlammableGas("106-97-8", "n-butane", "C4H10", "IIA", iec: ("1.4", "9.3", 372), nfpa: ("1.9", "8.5", 288)),
        FlammableGas("75-28-5", "isobutane", "C4H10", "IIA", iec: ("1.3", "9.8", 460), nfpa: ("1.8", "8.4", 460)),
        FlammableGas("109-66-0", "n-pentane", "C5H12", "IIA", iec: ("1.1", "8.7", 243), nfpa: ("1.5", "7.8", 243)),
        FlammableGas("110-54-3", "n-hexane", "C6H14", "IIA", iec: ("1", "8.9", 225), nfpa: ("1.1", "7.5", 225)),
        FlammableGas("142-82-5", "n-heptane", "C7H16", "IIA", iec: ("0.85", "6.7", 204), nfpa: ("1", "6.7", 204)),
        FlammableGas("111-65-9", "n-octane", "C8H18", "IIA", iec: ("0.8", "6.5", 206), nfpa: ("1", "6.5", 206)),
        FlammableGas("111-84-2", "n-nonane", "C9H20", "IIA", iec: ("0.7", "5.6", 205), nfpa: ("0.8", "2.9", 205)),
    ]

    /// Gases made or used in a process.
    private static let process: [FlammableGas] = [
        FlammableGas("1333-74-0", "hydrogen", "H2", "IIC", iec: ("4", "77", 560), nfpa: ("4", "75", 500)),
        FlammableGas("74-85-1", "ethylene", "C2H4", "IIB", iec: ("2.3", "36", 440), nfpa: ("2.7", "36", 490)),
        FlammableGas("115-07-1", "propylene", "C3H6", "IIA", iec: ("2", "11.1", 455), nfpa: ("2.4", "10.3", 460)),
        FlammableGas("74-86-2", "acetylene", "C2H2", "IIC", iec: ("2.3", "100", 305), nfpa: ("2.5", "100", 305)),
        FlammableGas("106-99-0", "1,3-butadiene", "C4H6", "IIB", iec: ("1.4", "16.3", 420), nfpa: ("2", "11.5", 420)),
        FlammableGas("7664-41-7", "ammonia", "NH3", "IIA", iec: ("15", "33.6", 630), nfpa: ("15", "28", 651)),
        FlammableGas("630-08-0", "carbon monoxide", "CO", "IIB", iec: ("10.9", "74", 607), nfpa: ("12.5", "74", 609)),
        FlammableGas("7783-06-4", "hydrogen sulfide", "H2S", "IIB", iec: ("4", "45.5", 260), nfpa: ("4", "44", 260)),
    ]

    /// Vapours.
    private static let solvents: [FlammableGas] = [
        FlammableGas("67-56-1", "methanol", "CH4O", "IIA", iec: ("6", "36", 440), nfpa: ("6", "36", 385)),
        FlammableGas("64-17-5", "ethanol", "C2H6O", "IIB", iec: ("3.1", "19", 400), nfpa: ("3.3", "19", 363)),
        FlammableGas("67-63-0", "isopropanol", "C3H8O", "IIA", iec: ("2", "12.7", 399), nfpa: ("2", "12.7", 399)),
        FlammableGas("67-64-1", "acetone", "C3H6O", "IIA", iec: ("2.5", "14.3", 539), nfpa: ("2.5", "12.8", 465)),
        FlammableGas("78-93-3", "butanone", "C4H8O", "IIB", iec: ("1.5", "13.4", 404), nfpa: ("1.4", "11.4", 404)),
        FlammableGas("141-78-6", "ethyl acetate", "C4H8O2", "IIA", iec: ("2", "12.8", 470), nfpa: ("2", "11.5", 427)),
        FlammableGas("71-43-2", "benzene", "C6H6", "IIA", iec: ("1.2", "8.6", 498), nfpa: ("1.2", "7.8", 498)),
        FlammableGas("108-88-3", "toluene", "C7H8", "IIA", iec: ("1", "7.8", 530), nfpa: ("1.1", "7.1", 480)),
        FlammableGas("100-42-5", "styrene", "C8H8", "IIA", iec: ("1", "8", 490), nfpa: ("0.9", "6.8", 490)),
        FlammableGas("60-29-7", "diethyl ether", "C4H10O", "IIB", iec: ("1.7", "39.2", 175), nfpa: ("1.9", "36", 160)),
        FlammableGas("115-10-6", "dimethyl ether", "C2H6O", "IIB", iec: ("2.7", "32", 240), nfpa: ("3.4", "27", 350)),
        FlammableGas("75-21-8", "ethylene oxide", "C2H4O", "IIB", iec: ("2.6", "100", 429), nfpa: ("3", "100", 429)),
    ]
}
