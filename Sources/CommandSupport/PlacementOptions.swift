import ArgumentParser
import TruckrollClient

/// Where an asset is put and whose it becomes, as both programs take it.
public struct PlacementOptions: ParsableArguments {
    @Option(help: "The site it stands at, by name or id.") var site: String?
    @Option(help: "The hazardous area, by name or id.") var area: String?
    @Flag(help: "It stands in no hazardous area any more.") var noArea = false
    @Option(help: "Where in the plant.", transform: Wording.read) var mounting: String?
    @Option(help: "Whose it is: a customer's number, name or id.") var owner: String?
    @Option(help: "The asset it is a part of.") var parent: String?
    @Flag(help: "It is a part of no other any more.") var noParent = false
    @Option(help: "Why.", transform: Wording.read) var reason: String?
    @Option(help: "The placement this one replaces, by its id or the end of it.") var corrects: String?

    public init() {}

    /// The placement they describe, from no moment yet.
    ///
    /// - Throws: `DeviceProblem` for a name that means no record, or several.
    public func entry(_ client: DeviceClient) throws -> PlacementEntry {
        var entry = PlacementEntry()
        entry.site = try site.map { try client.findSite($0) }
        entry.area = try area.map { try client.findArea($0) }
        entry.owner = try owner.map { try client.findCustomer($0) }
        entry.parent = try parent.map { try client.findAsset($0) }
        (entry.leavesArea, entry.leavesParent, entry.mounting, entry.reason) = (noArea, noParent, mounting, reason)
        entry.corrects = try corrects.map { try client.findRecord("asset_placement/\($0)").id }
        return entry
    }
}
