/// The kinds of cases that need a person.
public enum ExceptionKind: String, Sendable, CaseIterable {
    case double_assignment, cancel_requested, outside_view, stock_discrepancy, custody_conflict, backorder_notice, lot_unfit, lease_overrun
    case late_fact, incomplete, illegal_event, reassignment_void, reassignment_stands, cancellation_stands, series_conflict, recovered_state
    /// An order waits for parts.
    case shortage
    /// What a technician says of a visit that could not go on.
    case no_access, unsafe, cannot_complete
    /// An asset left as it was is out of tolerance.
    case failed_calibration
    /// The part that was brought does not fit.
    case wrong_part
    /// A part was fitted that is not approved or certified for the asset; a gas was used that is not listed for the model.
    case unapproved_part, unlisted_gas
    /// Work was started without a permit or a qualification that is asked for there.
    case unfit_start
    /// A certificate names a qualification that was withdrawn.
    case qualification_revoked
    /// An order was submitted in which the rules find an error, or something that somebody has to look at.
    case order_held, order_review
    /// Nobody is there, or the work is not done, by when it was promised; an order stands where it stands for too long.
    case response_overdue, resolution_overdue, stalled
    /// What a maintenance plan asks for is not done on its day.
    case maintenance_overdue
    /// More was shipped on a release than it was granted, or more was promised of a blanket order than it has; one of its marks is reached.
    case blanket_overrun, blanket_alert
    /// What people raise by hand.
    case credit_hold, custom_configuration, regulatory_limit, other

    /// The team that owns those for which the company has named no other.
    public var team: String {
        switch self {
        case .lot_unfit, .late_fact, .series_conflict, .failed_calibration, .regulatory_limit, .unsafe, .unapproved_part, .unlisted_gas, .unfit_start,
            .qualification_revoked:
            "quality"
        case .shortage: "purchasing"
        case .credit_hold: "finance"
        case .custom_configuration, .blanket_overrun, .blanket_alert: "sales"
        default: "dispatcher"
        }
    }

    /// Whether it tells somebody something and holds no order up.
    public var isNotice: Bool {
        switch self {
        case .reassignment_void, .reassignment_stands, .cancellation_stands, .late_fact, .backorder_notice, .shortage, .failed_calibration,
            .wrong_part, .unlisted_gas, .qualification_revoked, .response_overdue, .resolution_overdue, .stalled,
            .maintenance_overdue, .blanket_alert:
            true
        default: false
        }
    }

    /// Whether people raise it themselves; the others follow from what is recorded.
    public var isRaisedByHand: Bool {
        switch self {
        case .credit_hold, .custom_configuration, .regulatory_limit, .wrong_part, .other: true
        default: false
        }
    }

    /// That the visit could not go on: planning the order anew is what resolves it.
    public static let ofVisits: Set<ExceptionKind> = [.no_access, .unsafe, .cannot_complete]
}
