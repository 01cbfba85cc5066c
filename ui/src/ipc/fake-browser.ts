/**
 * The stand-in as `npm run dev` uses it: `?place=none` welcomes, `?place=account` is signed in, `?pictures=100000` is a large
 * library, `?duplicates=5` has five groups of pictures that show the same.
 */
import { FakeIpc } from './fake';

export function browserFake(): FakeIpc {
  const query = new URLSearchParams(window.location.search);
  const fake = new FakeIpc({
    pictures: Number(query.get('pictures') ?? 400),
    place: query.get('place') !== 'none',
    delay: Number(query.get('delay') ?? 60),
  });
  if (query.get('place') === 'account') fake.enter('https://pictures.example.com', 'anna');
  // Some pictures that the store has lost, to see how they are shown.
  const lost = Number(query.get('lost') ?? 0);
  [...fake.pictures.values()].slice(0, lost).forEach((picture, index) => {
    picture.fault = index % 2 ? 'changed' : 'missing';
    picture.local_copy = index % 3 ? null : `/home/anna/Pictures/${picture.name}`;
    fake.care.check(picture, false);
  });
  const ids = [...fake.pictures.keys()];
  for (let at = 0; at < Number(query.get('duplicates') ?? 0); at++)
    fake.group(ids.slice(at * 3, at * 3 + 2 + (at % 2)));
  // For trying things from the browser's console.
  Object.assign(window, { fake });
  return fake;
}
