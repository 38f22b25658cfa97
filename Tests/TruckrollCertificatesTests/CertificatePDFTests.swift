import Foundation
import Testing
import TruckrollCertificates
import TruckrollDomain

struct CertificatePDFTests {
    private let issuer = SampleIssuer()

    /// The text of a PDF as another program reads it.
    private static func text(of pdf: [UInt8]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "truckroll-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (source, target) = (folder.appending(path: "a.pdf"), folder.appending(path: "a.txt"))
        try Data(pdf).write(to: source)
        let process = Process()
        process.executableURL = URL(filePath: reader)
        process.arguments = ["-layout", source.path(), target.path()]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        // A form feed ends each page.
        return try String(contentsOf: target, encoding: .utf8).split(separator: "\u{0C}").map(String.init)
    }

    private static let reader = "/usr/bin/pdftotext"
    private static let hasReader = FileManager.default.isExecutableFile(atPath: reader)

    private static func channels(_ count: Int) -> [SampleChannel] {
        (0..<count).map { index in
            var channel = SampleChannel.four[index % 4]
            channel.number = index + 1
            return channel
        }
    }

    @Test("the same content gives the same bytes, whoever renders it and however often")
    func deterministic() throws {
        let sealed = try issuer.seal(try Samples.content())
        let first = try CertificatePDF.render(sealed)
        #expect(Array(first.prefix(5)) == Array("%PDF-".utf8))
        for _ in 0..<3 { #expect(try CertificatePDF.render(sealed) == first) }
        let another = try issuer.seal(try Samples.draft(customer: "Another customer").freeze())
        #expect(try CertificatePDF.render(another) != first)
    }

    @Test("names keep their letters in every script", .enabled(if: hasReader, "pdftotext is not installed"))
    func scripts() throws {
        let names = ["Παπαδόπουλος Διυλιστήρια Α.Ε.", "Марія Коваленко", "Jürgen Żółkiewski", "Μαρία Παπαδοπούλου"]
        let sealed = try issuer.seal(try Samples.content())
        let pages = try Self.text(of: CertificatePDF.render(sealed))
        #expect(pages.count == 2)
        for name in names { #expect(pages.joined().contains(name), "\(name)") }
        #expect(pages[0].contains(sealed.printedNumber) && pages[1].contains(sealed.printedNumber))
        #expect(pages[0].contains("Page 1 of 2") && pages[1].contains("Page 2 of 2"))
        #expect(pages[1].contains("END OF CERTIFICATE"))
        #expect(pages[1].contains(String(sealed.contentHash.text.prefix(32))))
        #expect(pages[0].contains("Traceable calibration, not accredited"))
        #expect(pages[0].contains("100 %LEL = 4.4 %vol"))
    }

    @Test("a long table goes on with its head on the next page", .enabled(if: hasReader, "pdftotext is not installed"))
    func longTable() throws {
        let sealed = try issuer.seal(try Samples.draft(channels: Self.channels(24)).freeze())
        let pages = try Self.text(of: CertificatePDF.render(sealed))
        let withHead = pages.filter { $0.contains("Tolerance") && $0.contains("As found") && $0.contains("As left") }
        #expect(withHead.count >= 2)
        for (index, page) in pages.enumerated() { #expect(page.contains("Page \(index + 1) of \(pages.count)")) }
        #expect(pages.filter { $0.contains("END OF CERTIFICATE") }.count == 1)
    }

    @Test("what was not measured is said in words", .enabled(if: hasReader, "pdftotext is not installed"))
    func absent() throws {
        var draft = try Samples.draft()
        draft.particulars.conditions = CalibrationConditions(areEstimated: false)
        draft.readings.removeAll { $0.channel == 2 && $0.phase == .asFound }
        let text = try Self.text(of: CertificatePDF.render(try issuer.seal(try draft.freeze()))).joined()
        #expect(text.contains("temperature not measured"))
        #expect(text.contains("Nobody was asked to accept this certificate."))
    }

    @Test(
        "a content of release 1.0 is laid out as 1.0 did it, so that its page can be made anew", .enabled(if: hasReader, "pdftotext is not installed")
    )
    func formerRelease() throws {
        var draft = try Samples.draft()
        draft.particulars.software = CertificateSoftware(name: "Truckroll", version: "1.0", rules: "1")
        let words = try Self.text(of: CertificatePDF.render(try issuer.seal(try draft.freeze()))).joined().split(whereSeparator: \.isWhitespace)
        let text = words.joined(separator: " ")
        #expect(text.contains("Results are traceable through the certificates of the reference gases listed above."))
        #expect(!text.contains("without a reference gas"))
    }

    @Test(
        "a point taken without a reference gas is named, and nothing says that it is traceable to one",
        .enabled(if: hasReader, "pdftotext is not installed"), arguments: [true, false])
    func untraced(isZeroOfCylinder: Bool) throws {
        var draft = try Samples.draft()
        if isZeroOfCylinder {
            for index in draft.readings.indices where draft.readings[index].point == .zero {
                draft.readings[index].cylinder = SampleChannel.four[draft.readings[index].channel - 1].cylinder
            }
        }
        let first = try #require(draft.readings.firstIndex { $0.channel == 3 && $0.point == .zero && $0.phase == .asFound })
        draft.readings[first].cylinder = "CYL-4410-S"
        let words = try Self.text(of: CertificatePDF.render(try issuer.seal(try draft.freeze()))).joined().split(whereSeparator: \.isWhitespace)
        let text = words.joined(separator: " ")
        let all = "Results are traceable through the certificates of the reference gases listed above."
        #expect(text.contains(all) == isZeroOfCylinder)
        #expect(text.contains("without a reference gas") != isZeroOfCylinder)
        guard !isZeroOfCylinder else { return }
        #expect(text.contains("Zero of channels 1, 2 and 4 was taken without a reference gas; it is not traceable to one."))
        #expect(text.contains("Zero of channel 3, as left, was taken without a reference gas; it is not traceable to one."))
        #expect(!text.contains("Span of"))
    }

    @Test(
        "markup and PDF operators in a name are printed, not obeyed",
        .enabled(if: hasReader, "pdftotext is not installed"))
    func injection() throws {
        let name = "<b>A</b> & (B) Tj \\ET %"
        let text = try Self.text(of: CertificatePDF.render(try issuer.seal(try Samples.draft(customer: name).freeze())))
        #expect(text.joined().contains(name))
    }

    @Test(
        "an acceptance without strokes says that no signature was taken; one with strokes does not",
        .enabled(if: hasReader, "pdftotext is not installed"), arguments: [false, true])
    func acceptance(isSigned: Bool) throws {
        var draft = try Samples.draft()
        var acceptance = try Samples.acceptance(of: draft)
        if !isSigned { acceptance.strokes = [] }
        draft.particulars.acceptance = acceptance
        let text = try Self.text(of: CertificatePDF.render(try issuer.seal(try draft.freeze()))).joined()
        #expect(text.contains("Meaning: accepted"))
        #expect(text.contains("No signature was taken.") == !isSigned)
    }

    @Test("a number is made smaller before it is broken in two", .enabled(if: hasReader, "pdftotext is not installed"))
    func longNumbers() throws {
        var channel = SampleChannel.four[1]
        (channel.applied, channel.cylinder) = ("1000000", "CYL-4410")
        channel.found = ("0", "1000123")
        channel.left = ("0", "1000456")
        let sealed = try issuer.seal(try Samples.draft(channels: [channel]).freeze())
        let text = try Self.text(of: CertificatePDF.render(sealed)).joined()
        for number in ["1000000", "1000123", "1000456"] { #expect(text.contains(number)) }
    }

    @Test("a part that no page can hold is refused, not cut off")
    func tooTall() throws {
        var draft = try Samples.draft()
        draft.particulars.opinions = [String(repeating: "a\n", count: 1500) + "end"]
        let sealed = try issuer.seal(try draft.freeze())
        #expect(throws: PDFProblem.partTallerThanPage) { try CertificatePDF.render(sealed) }
    }

    @Test(
        "a number that has to be broken is not printed with a hyphen of the typesetter's",
        .enabled(if: hasReader, "pdftotext is not installed"))
    func noHyphens() throws {
        var draft = try Samples.draft()
        draft.particulars.item.serial = String(repeating: "X", count: 160)
        draft.particulars.customer.reference = String(repeating: "7", count: 160)
        let text = try Self.text(of: CertificatePDF.render(try issuer.seal(try draft.freeze()))).joined()
        for mark in ["XX-", "XX\u{2010}", "77-", "77\u{2010}"] { #expect(!text.contains(mark), "\(mark)") }
        #expect(text.contains("XXXXXXXXXX") && text.contains("7777777777"))
    }

    @Test(
        "a signature stands in a box of its own, clear of every word, however long its name is and wherever its strokes lie",
        .enabled(if: PageReader.isInstalled, "pdftotext or pdftoppm is not installed"),
        arguments: ["R. Meier", String(repeating: "Wolfeschlegelsteinhausenbergerdorff ", count: 4)],
        [[[0, 0, -40, 250, -70, 800], [420, -20, 60, 370, 470, 820]], [[0, 0, 9_000, 10]], [[5, 0, 0, 9_000]]])
    func signatureBox(name: String, strokes: [[Int]]) throws {
        var draft = try Samples.draft()
        var acceptance = try Samples.acceptance(of: draft)
        (acceptance.name, acceptance.strokes) = (name.trimmingCharacters(in: .whitespaces), strokes)
        draft.particulars.acceptance = acceptance
        let page = try PageReader(of: try CertificatePDF.render(try issuer.seal(try draft.freeze())), with: "customer")
        let title = try #require(page.words.last { $0.text == "customer" })
        let first = try #require(page.words.first { $0.text == name.split(separator: " ").first.map(String.init) && $0.box.y > title.box.y })
        // The rule under the title is 4 points below it.
        let gap = Box(x: first.box.x, y: title.box.y + title.box.height + 6, width: 200, height: first.box.y - title.box.y - title.box.height - 6)
        #expect(gap.height > 30)
        #expect(page.words.allSatisfy { !$0.box.meets(gap) })
        #expect(page.ink(in: gap) > 0, "the strokes are drawn in it")
        // Under the name and left of the box nothing but words is drawn.
        #expect(page.inkOutsideWords(in: Box(x: gap.x, y: first.box.y - 1, width: 200, height: 60)) == 0)
    }
}
