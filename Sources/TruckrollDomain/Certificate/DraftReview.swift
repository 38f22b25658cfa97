/// Judges a draft: its problems, and the content it would freeze to.
struct DraftReview {
    private(set) var problems: [CertificateProblem] = []
    private(set) var content: CertificateContent?
    let draft: CertificateDraft

    init(of draft: CertificateDraft) {
        self.draft = draft
        let channels = reviewChannels()
        reviewParticulars()
        let instants = draft.readings.compactMap { try? CertificateInstant(parsing: $0.at) }
        if let begin = instants.min(), let end = instants.max(), !channels.isEmpty {
            content = freeze(channels, begin: begin, end: end)
        } else {
            report(
                .resultsMissing, "There are no channels with readings.",
                "Record zero and span readings before making a certificate.")
        }
        reviewContent()
        problems = problems.filter { $0.severity == .error } + problems.filter { $0.severity == .warning }
    }

    mutating func report(
        _ code: CertificateProblem.Code, _ message: String, _ remedy: String,
        severity: CertificateProblem.Severity = .error
    ) {
        let problem = CertificateProblem(code: code, severity: severity, message: message, remedy: remedy)
        if !problems.contains(problem) { problems.append(problem) }
    }

    private mutating func reviewParticulars() {
        let particulars = draft.particulars
        if (particulars.level == .accredited) != (particulars.accreditation != nil) {
            report(
                .accreditationInconsistent, "Level and accreditation number contradict each other.",
                "Name the accreditation for accredited work, and only then.")
        }
        if (particulars.revision > 0) != (particulars.supersedes != nil) {
            report(
                .supersessionInconsistent,
                "Revision \(particulars.revision) and what it replaces contradict each other.",
                "Name the certificate that is replaced and the reason for every revision above 0.")
        }
        let numbers = draft.cylinders.map(\.gas.cylinder)
        if Set(numbers).count != numbers.count {
            report(.gasMalformed, "A cylinder is listed twice.", "List each cylinder once.")
        }
        let validUntil = particulars.technician.validUntil
        let days = draft.readings.compactMap { try? CertificateInstant(parsing: $0.at).date }
        if !CivilDate.isDate(validUntil) || days.contains(where: { $0 > validUntil }) {
            report(
                .qualificationExpired, "The qualification of \(particulars.technician.name) ended on \(validUntil).",
                "Name a qualification that was valid on the day of work, or have the work repeated.")
        }
    }

    private func freeze(
        _ channels: [ChannelResult], begin: CertificateInstant, end: CertificateInstant
    ) -> CertificateContent {
        let used = Set(
            channels.flatMap(\.points).flatMap { [$0.asFound?.cylinder, $0.asLeft?.cylinder] }.compactMap(\.self))
        let mandatory = channels.filter(\.isMandatory)
        let verdicts = (mandatory.isEmpty ? channels : mandatory).map { $0.asLeftVerdict ?? .fail }
        return CertificateContent(
            particulars: draft.particulars, begin: begin.text, end: end.text,
            references: draft.cylinders.map(\.gas).filter { used.contains($0.cylinder) }, channels: channels,
            outcome: verdicts.max() ?? .fail)
    }

    private mutating func reviewContent() {
        guard let content else { return }
        do {
            _ = try CertificateContent(canonicalBytes: content.canonicalBytes)
        } catch {
            report(
                .malformed, "A field is empty, too long or holds characters that no page shows: \(error).",
                "Correct the field; leave out what is not known.")
        }
        if let issued = try? CertificateInstant(parsing: content.dates.issued),
            let end = try? CertificateInstant(parsing: content.dates.end), issued < end
        {
            report(
                .issuedTooEarly, "Issued \(issued.spoken), before the last reading of \(end.spoken).",
                "Check the clock of the device.")
        }
        if let next = content.nextCalibration, CivilDate.isDate(next), let end = try? CertificateInstant(parsing: content.dates.end),
            next <= end.date
        {
            report(
                .nextCalibrationTooEarly, "The next calibration is named for \(next), and this one was done on \(end.date).",
                "Name a day after it, or leave the date out when none was agreed.")
        }
        if !content.outcome.isWithinTolerance, content.leftInService {
            report(
                .failedInService, "The item does not hold its tolerance and was left in service.",
                "Take it out of service, or calibrate it again.")
        }
        if !content.isAcceptanceBound {
            report(
                .acceptanceOfOtherContent, "The customer signed another content than this one.",
                "Show the customer the certificate as it is now, and have it signed again.")
        }
    }
}
