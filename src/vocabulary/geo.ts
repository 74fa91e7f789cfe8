// Great-circle distance, the one way kilometres are measured everywhere: in lists, in search and in matching.

/** A point on WGS-84, in degrees. */
export interface GeoPoint {
  lng: number;
  lat: number;
}

/** Mean radius of the Earth (IUGG). */
const EARTH_RADIUS_KM = 6371.0088;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** Haversine distance in kilometres, unrounded. */
export function distanceKm(a: GeoPoint, b: GeoPoint): number {
  const latA = a.lat * RADIANS_PER_DEGREE;
  const latB = b.lat * RADIANS_PER_DEGREE;
  const sinHalfLat = Math.sin((latB - latA) / 2);
  const sinHalfLng = Math.sin(((b.lng - a.lng) * RADIANS_PER_DEGREE) / 2);
  const h = sinHalfLat * sinHalfLat + Math.cos(latA) * Math.cos(latB) * sinHalfLng * sinHalfLng;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
