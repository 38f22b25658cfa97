import ArgumentParser
import CommandSupport
import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct SignCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Have the customer sign the completed work, or say why nobody did.",
        discussion: Teach.text(
            "Shows the service report; the signature is bound to the SHA-256 of exactly these bytes, which are kept as a file. "
                + "A signature is what a pen drew: without strokes there is none, and --absent says so.\n\n\(StrokeFile.format)",
            "sign SO-2026-000001 --name \"R. Meier\" --role \"shift leader\" --strokes signature.json",
            "sign SO-2026-000001 --name \"R. Meier\" --refuse --reason \"wants the invoice first\"",
            "sign SO-2026-000001 --absent --reason \"accepted on the phone, nobody on site\"", exits: Teach.recorded))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Option(help: "Printed name of who signs or refuses.", transform: Wording.read) var name: String?
    @Option(help: "Role of who signs.", transform: Wording.read) var role: String?
    @Option(help: ArgumentHelp("JSON file with the strokes of the pen.", valueName: "file")) var strokes: String?
    @Flag(help: "The customer refuses to sign.") var refuse = false
    @Flag(help: "No signature is taken: nobody is there who may sign, or there is nothing to sign on.") var absent = false
    @Option(help: "Why not.", transform: Wording.read) var reason: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if refuse, absent { throw ValidationError("--refuse and --absent exclude each other.") }
        if !absent, name == nil { throw ValidationError("Give the printed name with --name, or say --absent.") }
        if !absent, !refuse, strokes == nil {
            throw ValidationError(
                "A signature needs the strokes of the pen: --strokes FILE. Without one, say --absent, or --refuse when the customer refuses.")
        }
        if strokes != nil, absent || refuse { throw ValidationError("Without a signature there are no strokes: leave --strokes out.") }
    }

    func perform(_ desk: Desk) async throws {
        let order = try desk.client.findJob(job)
        let answer: CustomerAnswer
        if absent {
            answer = .absent(reason: reason)
        } else if refuse {
            answer = .refused(name: name ?? "", role: role, reason: reason ?? "")
        } else {
            answer = .accepted(name: name ?? "", role: role, strokes: try strokes.map { try StrokeFile.read($0) } ?? [])
        }
        try desk.client.requireSignable(order, answer)
        let report = try desk.client.serviceReport(order)
        for line in report.text.split(separator: "\n", omittingEmptySubsequences: false) { desk.print(String(line)) }
        desk.print(StyledText("SHA-256 \(report.sha256.hexadecimal)", .dim))
        let recorded = try desk.client.sign(order, answer, shown: report)
        let line = try desk.client.job(order).line
        desk.report(
            recorded, "\(line.number): \(line.state?.title ?? "")", [("document_hash", .string(report.sha256.hexadecimal)), ("job", line.json)])
    }
}

/// Pen strokes out of a file: `[[x, y, x, y, …], …]` or `[[[x, y], …], …]`.
enum StrokeFile {
    /// What such a file looks like, for a help text.
    static let format = """
        A FILE OF STROKES
          [[[0,0],[-40,250],[-70,800]], [[420,-20],[60,370],[470,820]]]
        JSON: a list of strokes from pen down to pen up, each a list of points [x, y] in hundredths of a millimetre,
        x to the right and y downwards. docs/examples/signature.json is one.
        """

    static func read(_ path: String) throws -> [[Int]] {
        func unreadable(_ why: String) -> DeviceProblem {
            DeviceProblem(
                "strokes-unreadable", "\(path): \(why).",
                next: "It holds strokes of points in hundredths of a millimetre, such as [[[0,0],[-40,250],[-70,800]]]; see `sign --help`.")
        }
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else { throw unreadable("no such file, or above 1 MiB") }
        guard let text = String(validating: data, as: UTF8.self), let document = try? JSONValue.parse(text), let strokes = document.arrayValue else {
            throw unreadable("no JSON list")
        }
        return try strokes.map { stroke in
            guard let points = stroke.arrayValue else { throw unreadable("a stroke is no list") }
            return try points.flatMap { point in
                if let number = point.intValue { return [number] }
                guard let pair = point.arrayValue?.compactMap(\.intValue), pair.count == 2 else {
                    throw unreadable("a point is no pair of whole numbers")
                }
                return pair
            }
        }
    }
}
