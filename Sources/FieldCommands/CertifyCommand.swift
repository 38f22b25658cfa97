import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollTerminal

struct CertifyCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "certify", abstract: "Make an asset's calibration certificate, final on this device.",
        discussion: Teach.text(
            "Freezes the readings, judges them, numbers the certificate in this device's own series and signs it with its key; no network is needed. "
                + "Refused with the list of everything that stands in the way. The last one a signed-off job waits for certifies the job. "
                + "With --accepted-by and no --strokes it says that no signature was taken.\n\n\(StrokeFile.format)",
            "certify SO-2026-000001 --asset GD-101",
            "certify SO-2026-000001 --asset GD-101 --accepted-by \"R. Meier\" --role \"shift leader\" --strokes signature.json",
            "certify SO-2026-000001 --asset GD-101 --supersede \"wrong tag\"", exits: Teach.recorded))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Option(help: "The asset: tag, serial number or scan.") var asset: String
    @Option(help: "Condition as received; what the findings say when not given.", transform: Wording.read) var condition: String?
    @Option(help: "A deviation from the method; may be given several times.", transform: Wording.read) var deviation: [String] = []
    @Option(help: "Date of the next calibration the customer agreed to have named; a day after this one.") var next: String?
    @Option(help: "Why an earlier certificate of this job is replaced.", transform: Wording.read) var supersede: String?
    @Option(help: "Printed name of who accepted what was shown.", transform: Wording.read) var acceptedBy: String?
    @Option(help: "Role of who accepted.", transform: Wording.read) var role: String = "customer"
    @Option(help: ArgumentHelp("JSON file with the strokes of the pen who accepted signed with.", valueName: "file")) var strokes: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if strokes != nil, acceptedBy == nil { throw ValidationError("Name who signed with --accepted-by, or leave --strokes out.") }
        if let next, CalendarDate(next) == nil { throw ValidationError("--next is a date such as 2027-05-31.") }
    }

    func perform(_ desk: Desk) async throws {
        let order = try desk.client.findJob(job)
        var request = CertificateRequest(order: order, asset: try desk.client.findAsset(asset, on: order))
        request.condition = condition
        request.deviations = deviation
        request.agreedNext = next
        request.supersedeReason = supersede
        if let acceptedBy {
            request.acceptedBy = (acceptedBy, role, try strokes.map { try StrokeFile.read($0) } ?? [])
        }
        let issued = try desk.client.certify(request)
        desk.report(
            issued.recorded, "\(issued.number): \(issued.content.outcome.word)" + (issued.orderIsCertified ? "; the job is certified" : ""),
            [
                ("number", .string(issued.number)), ("content_hash", .string(issued.content.hash.text)),
                ("outcome", .string(issued.content.outcome.rawValue)),
                ("order_certified", .bool(issued.orderIsCertified)),
            ])
    }
}
