/// What can go wrong in a run. Each is left out by name with `--faults`.
public enum Fault: String, Sendable, CaseIterable, Hashable {
    /// Messages are lost, doubled, late, cut, or do not get through for a long time.
    case network
    /// A process ends between any two storage writes, or around a commit.
    case crash
    /// Device clocks are wrong by years, and jump.
    case clock
    /// A device is put back to an older copy of its store, or two copies of it work.
    case copies
    /// The server is put back to an older backup.
    case restore
    /// Devices are shut out, and new ones enrolled.
    case enrolment
    /// Devices and server learn a newer schema at different times.
    case upgrade
    /// Everybody is away for longer than the server remembers what left a scope.
    case absence
    /// Bytes of a device's store are damaged.
    case damage
    /// A device sends sets that no sound program makes.
    case hostile
}
