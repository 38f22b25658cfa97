extension Step {
    /// The step in words, for a person who reads a failing run.
    public var words: String {
        let prefix = pause == 0 ? "device \(device): " : "+\(pause / 1000) s, device \(device): "
        return prefix + action.words
    }
}

extension Step.Action {
    var words: String {
        switch self {
        case .act(let act, let pick, let how): "\(act.rawValue) (\(pick), \(how))"
        case .sync(nil): "visits the server"
        case .sync(let disturbance?): "visits the server; \(disturbance.kind.rawValue) at message \(disturbance.message)"
        case .audit: "compares everything with the server"
        case .crashDevice(let write): "its process will end before storage write \(write)"
        case .crashServer(let write): "the server's process will end before storage write \(write)"
        case .moveClock(let milliseconds): "its clock moves by \(milliseconds / 1000) s"
        case .keepCopy: "a copy of its store is kept"
        case .restoreCopy: "it goes on from the kept copy"
        case .runCopy: "the kept copy goes on beside it"
        case .damage(let pick): "confirmed record \(pick) is damaged on its disk"
        case .forge(let pick): "a forged set (\(pick)) comes into its outbox"
        case .backup: "the server's database is backed up"
        case .restoreServer: "the backup is put back by the command"
        case .putBackByHand: "the backup is put back by hand"
        case .revoke: "it is shut out"
        case .enrol: "its user enrols another device"
        case .enrolInPart: "its user enrols another device, whose first visit breaks off when today's work shows"
        case .enrolBroken(let message): "its user enrols another device, whose first visit breaks off at message \(message)"
        case .tick: "the server's clock does what is due"
        case .collect: "the server forgets what left views long ago"
        case .upgradeDevice: "it learns the newer schema"
        case .upgradeServer: "the server learns the newer schema"
        }
    }
}
