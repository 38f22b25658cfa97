import Hummingbird

extension HTTPFields {
    /// The value of a field that stands exactly once; `nil` when it is missing or repeated.
    func single(_ name: String) -> String? {
        let values = self.filter { $0.name.canonicalName == name }
        return values.count == 1 ? values.first?.value : nil
    }

    /// Whether a field stands at least once.
    func has(_ name: String) -> Bool { contains { $0.name.canonicalName == name } }

    /// Sets a field, once. A name that HTTP does not allow is a mistake of ours and leaves the fields as they are.
    mutating func set(_ name: String, _ value: String) {
        if let name = HTTPFields.Element.Name(name) { self[name] = value }
    }
}
