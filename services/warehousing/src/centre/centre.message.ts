import * as contract from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { contractWords } from '../contract-words.js';
import type { Capability, CentrePlan, LocationKind } from './centre.js';
import type { CentreWithZones, LocationRow } from './centre.store.js';
import type { TemperatureClass } from './temperature.js';

export const temperatureClasses = contractWords<TemperatureClass, contract.TemperatureClass>({
  ambient: contract.TemperatureClass.AMBIENT,
  cool: contract.TemperatureClass.COOL,
  chilled: contract.TemperatureClass.CHILLED,
  frozen: contract.TemperatureClass.FROZEN,
});

const capabilities = contractWords<Capability, contract.Capability>({
  inland: contract.Capability.INLAND,
  port: contract.Capability.PORT,
  airport: contract.Capability.AIRPORT,
  bonded: contract.Capability.BONDED,
  agricultural: contract.Capability.AGRICULTURAL,
  cold: contract.Capability.COLD,
  ecommerce: contract.Capability.ECOMMERCE,
});

const locationKinds = contractWords<LocationKind, contract.LocationKind>({
  bin: contract.LocationKind.BIN,
  rack: contract.LocationKind.RACK,
  floor: contract.LocationKind.FLOOR,
  dock_door: contract.LocationKind.DOCK_DOOR,
  packing_station: contract.LocationKind.PACKING_STATION,
});

export function toPlan(request: contract.CreateCentreRequest): CentrePlan {
  return {
    code: request.code,
    name: request.name,
    timeZone: request.timeZone,
    capabilities: request.capabilities.map(capabilities.word),
    position: request.latitudeE6 === undefined || request.longitudeE6 === undefined ? undefined : { latitudeE6: request.latitudeE6, longitudeE6: request.longitudeE6 },
    zones: request.zones.map((zone) => ({
      code: zone.code,
      temperatureClass: temperatureClasses.word(zone.temperatureClass),
      locations: zone.locations.map((location) => ({ code: location.code, kind: locationKinds.word(location.kind), capacityGrams: location.capacityGrams })),
    })),
  };
}

export function toCentreMessage(centre: CentreWithZones): contract.Centre {
  return contract.Centre.fromPartial({
    centreId: centre.centreId,
    code: centre.code,
    name: centre.name,
    operatorOrganizationId: centre.operatorId,
    timeZone: centre.timeZone,
    capabilities: centre.capabilities.map(capabilities.value),
    latitudeE6: centre.latitudeE6 ?? undefined,
    longitudeE6: centre.longitudeE6 ?? undefined,
    zones: centre.zones.map((zone) => ({ zoneId: zone.zoneId, code: zone.code, temperatureClass: temperatureClasses.value(zone.temperatureClass) })),
  });
}

export function toLocationMessage(location: LocationRow): contract.Location {
  return contract.Location.fromPartial({
    locationId: location.locationId,
    centreId: location.centreId,
    zoneId: location.zoneId,
    code: location.code,
    kind: locationKinds.value(location.kind),
    temperatureClass: temperatureClasses.value(location.temperatureClass),
    capacityGrams: location.capacityGrams,
    occupiedGrams: location.occupiedGrams,
  });
}
