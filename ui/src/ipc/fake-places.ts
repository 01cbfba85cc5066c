/** The stand-in's places: those that were chosen once, and what opens them. */
import type { AccountForm, AppState, BucketForm, KnownPlace, Place, PlaceNeeds, RebuildReport } from './index';

/** A bucket as the engine describes it. */
export function bucketPlace(form: BucketForm): Place {
  const { endpoint, region, bucket, key_id, path_style } = form;
  const location = endpoint || 'https://s3.amazonaws.com';
  const host = location.replace(/^https?:\/\//, '');
  return {
    id: `bucket-${bucket}@${host}`,
    name: `${bucket}@${host}`,
    kind: 'bucket',
    title: `bucket ${bucket} at ${host}`,
    location,
    username: null,
    bucket: { endpoint, region, bucket, key_id, path_style },
    signed_in: true,
  };
}

/** An account as the engine describes it. */
export function accountPlace({ service, username }: Pick<AccountForm, 'service' | 'username'>): Place {
  const host = service.replace(/^https?:\/\//, '');
  return {
    id: `account-${username}@${host}`,
    name: `${username}@${host}`,
    kind: 'account',
    title: `${username} at ${host}`,
    location: service,
    username,
    bucket: null,
    signed_in: true,
  };
}

/** What is said of a library that came back from its journal as a whole. */
export function rebuilt(library: string, pictures: number, notProven: number): RebuildReport {
  return {
    library,
    restored: pictures,
    from_journal: pictures,
    from_objects: 0,
    already: 0,
    learned: 0,
    missing: 0,
    changed: 0,
    not_proven: notProven,
    by_bytes: 0,
    left_alone: 0,
    unread: 0,
    segments: 1,
    damaged: [],
    lost: [],
  };
}

export class FakePlaces {
  private readonly known = new Map<string, { place: Place; pictures: number | null; waiting: number }>();
  /** What is not kept any more, by the place's id. */
  readonly lacking = new Map<string, PlaceNeeds>();

  remember(place: Place, pictures: number | null = 0, waiting = 0): void {
    const before = this.known.get(place.id);
    this.known.set(place.id, before ? { ...before, place } : { place, pictures, waiting });
  }

  forget(id: string): void {
    this.known.delete(id);
    this.lacking.delete(id);
  }

  list(current: Place | null, pictures: number): KnownPlace[] {
    return [...this.known.values()].map((known) => {
      const needs = this.lacking.get(known.place.id) ?? 'nothing';
      const isCurrent = known.place.id === current?.id;
      return {
        ...known.place,
        signed_in: needs === 'nothing',
        current: isCurrent,
        pictures: isCurrent ? pictures : known.pictures,
        waiting: known.waiting,
        needs,
      };
    });
  }

  /** The place, and how it stands once it is open. */
  open(id: string): Pick<AppState, 'place' | 'connection'> | undefined {
    const place = this.known.get(id)?.place;
    if (!place) return undefined;
    const needs = this.lacking.get(id) ?? 'nothing';
    const connection = {
      nothing: { status: 'online' },
      key: { status: 'key_missing', reason: 'The bucket’s secret key is not kept on this computer.' },
      sign_in: { status: 'signed_out' },
      unlock: { status: 'locked', reason: 'Your secrets are sealed with a passphrase.' },
    } as const;
    return { place: { ...place, signed_in: needs === 'nothing' }, connection: connection[needs] };
  }
}
