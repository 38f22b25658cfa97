/// Something about a draft that the technician should know before it is frozen.
public struct CertificateProblem: Hashable, Sendable {
    /// What a problem does to freezing.
    public enum Severity: String, Hashable, Sendable {
        /// Freezing is refused while it stands.
        case error
        /// Shown, and freezing goes on.
        case warning
    }

    /// Names of the problems. Once released they never change.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// I11: a cylinder was used after its last day.
        case gasExpired = "gas-expired"
        /// I11: a cylinder is withdrawn from use.
        case gasWithdrawn = "gas-withdrawn"
        /// I11: a cylinder was used before it was certified.
        case gasNotYetCertified = "gas-not-yet-certified"
        /// I11: a cylinder is certified for another component.
        case gasOfOtherComponent = "gas-of-other-component"
        /// A reading names a cylinder that is not listed.
        case gasUnknown = "gas-unknown"
        /// A value other than zero was applied, and no cylinder is named.
        case gasMissing = "gas-missing"
        /// A cylinder is listed twice, or its certified values cannot be computed with.
        case gasMalformed = "gas-malformed"
        /// The applied value does not follow from the cylinder's concentration.
        case appliedDiffers = "applied-differs-from-cylinder"
        /// I12: a channel was adjusted and nobody knows what it read before.
        case asFoundMissing = "as-found-missing"
        /// I12: a channel has no reading after the work.
        case asLeftMissing = "as-left-missing"
        /// A %LEL channel does not say what 100 %LEL stands for.
        case lflBasisMissing = "lfl-basis-missing"
        /// A channel has no accepted error.
        case toleranceMissing = "tolerance-missing"
        /// I13: as found, adjusted and as left are not in this order in time.
        case phasesOutOfOrder = "phases-out-of-order"
        /// I14: a bump test or check failed, and neither a full calibration nor quarantine followed.
        case failureNotFollowed = "failure-not-followed"
        /// The item does not hold its tolerance and was left in service.
        case failedInService = "failed-in-service"
        /// I16: the customer signed another content than this.
        case acceptanceOfOtherContent = "acceptance-of-other-content"
        /// The qualification had ended on the day of work.
        case qualificationExpired = "qualification-expired"
        /// Accredited without a number of accreditation, or the reverse.
        case accreditationInconsistent = "accreditation-inconsistent"
        /// A revision above 0 does not say what it replaces, or revision 0 does.
        case supersessionInconsistent = "supersession-inconsistent"
        /// Issued before the last reading.
        case issuedTooEarly = "issued-too-early"
        /// The next calibration is named for a day that is not after this one.
        case nextCalibrationTooEarly = "next-calibration-too-early"
        /// A number, date, text or reference is not of its form.
        case malformed = "malformed"
        /// A reading shows more digits than the channel has.
        case digitsBeyondResolution = "digits-beyond-resolution"
        /// A reading has another unit than its channel.
        case unitDiffers = "unit-differs"
        /// There is nothing to certify.
        case resultsMissing = "results-missing"
    }

    /// Its lasting name.
    public let code: Code
    /// What it does to freezing.
    public let severity: Severity
    /// What is wrong, with the channel or cylinder it concerns.
    public let message: String
    /// What to do next.
    public let remedy: String
}

/// Why a draft was not frozen: at least one of its problems is an error. Mend those and freeze again.
public struct FreezeRefusal: Error, Hashable, Sendable {
    /// All problems, errors and warnings.
    public let problems: [CertificateProblem]
}
