import CCairo
import TruckrollDomain

/// Why no PDF was made.
public enum PDFProblem: Error, Hashable, Sendable {
    /// The drawing library failed with this status, mostly for want of memory.
    case drawing(String)
    /// A part of the content is taller than a page; shorten its texts.
    case partTallerThanPage
    /// The number cannot be put into a QR code.
    case code
}

extension PDFProblem: CustomStringConvertible {
    /// For a person: what is wrong, as the rest of a sentence.
    public var description: String {
        switch self {
        case .drawing(let status): "the drawing library says: \(status)"
        case .partTallerThanPage: "a part of it is taller than a page"
        case .code: "its number does not fit into a QR code"
        }
    }
}

/// The readable page of a certificate.
public enum CertificatePDF {
    /// The certificate as a PDF of A4 pages with embedded fonts.
    ///
    /// The same content of the same device gives the same bytes wherever the same versions of the drawing
    /// library and the fonts are installed: nothing comes from a clock or a random source.
    public static func render(_ certificate: SealedCertificate) throws(PDFProblem) -> [UInt8] {
        let canvas = try Canvas(width: PageFrame.width, height: PageFrame.height)
        let content = certificate.content
        canvas.setMetadata(CAIRO_PDF_METADATA_TITLE, "\(content.title) \(certificate.printedNumber)")
        canvas.setMetadata(CAIRO_PDF_METADATA_AUTHOR, content.issuer.name)
        canvas.setMetadata(
            CAIRO_PDF_METADATA_SUBJECT, "\(content.item.maker) \(content.item.model) \(content.item.serial)")
        canvas.setMetadata(CAIRO_PDF_METADATA_KEYWORDS, "SHA-256 \(certificate.contentHash.text)")
        canvas.setMetadata(CAIRO_PDF_METADATA_CREATOR, "\(content.software.name) \(content.software.version)")
        // Down to the second: the library reads no fraction.
        let issued = content.dates.issued
        let zone = issued.hasSuffix("Z") ? "Z" : String(issued.suffix(6))
        canvas.setMetadata(CAIRO_PDF_METADATA_CREATE_DATE, issued.prefix(19) + zone)
        canvas.setMetadata(CAIRO_PDF_METADATA_MOD_DATE, issued.prefix(19) + zone)

        let sections = CertificateSections(certificate, canvas: canvas)
        let frame = PageFrame(certificate, canvas: canvas, code: try QRSymbol(text: codeText(certificate)))
        let pages = try Paginator(firstTop: frame.firstTop, top: frame.nextTop, bottom: frame.bottom)
            .pages(of: sections.blocks)
        canvas.tagged("Document") {
            for (index, page) in pages.enumerated() {
                frame.draw(page: index + 1, of: pages.count, on: canvas)
                page.draw(on: canvas)
                canvas.endPage()
            }
        }
        return try canvas.finish()
    }

    /// What the QR code says: the printed number and the first 16 hexadecimal digits of the content hash.
    public static func codeText(_ certificate: SealedCertificate) -> String {
        "TRUCKROLL:1:\(certificate.printedNumber):\(certificate.contentHash.prefix.uppercased())"
    }
}
