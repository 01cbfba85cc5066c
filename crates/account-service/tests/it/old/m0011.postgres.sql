
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.doomed_objects (
    object_key text NOT NULL,
    store_upload_id text,
    doomed_at bigint NOT NULL
);

CREATE TABLE public.email_changes (
    token_hash character varying NOT NULL,
    user_id uuid NOT NULL,
    email text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);

CREATE TABLE public.held_keys (
    object_key text NOT NULL,
    store_upload_id text,
    user_id uuid NOT NULL,
    bytes bigint NOT NULL,
    pictures bigint NOT NULL,
    until bigint NOT NULL,
    given_back boolean NOT NULL
);

CREATE TABLE public.images (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    format character varying NOT NULL,
    content_type character varying NOT NULL,
    size bigint NOT NULL,
    sha256 character varying NOT NULL,
    width integer,
    height integer,
    taken_at character varying,
    camera text,
    thumbhash character varying,
    object_key text NOT NULL,
    thumbnail_key text,
    thumbnail_spec text,
    has_thumbnail boolean NOT NULL,
    favourite boolean NOT NULL,
    description text,
    alt_text text,
    tags text NOT NULL,
    text_in_image text,
    described_by text,
    described_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint,
    revision bigint NOT NULL,
    stored_size bigint NOT NULL,
    etag text,
    verified_by character varying NOT NULL,
    verified_at bigint NOT NULL,
    fault character varying,
    file_modified_at character varying
);

CREATE TABLE public.invitations (
    code_hash character varying NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint,
    used_by uuid
);

CREATE TABLE public.journal_positions (
    user_id uuid NOT NULL,
    written_to bigint NOT NULL,
    covered_to bigint NOT NULL,
    segments integer NOT NULL
);

CREATE TABLE public.links (
    token character varying NOT NULL,
    image_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.recovery_codes (
    code_hash character varying NOT NULL,
    user_id uuid NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint
);

CREATE TABLE public.refresh_tokens (
    token_hash character varying NOT NULL,
    session_id uuid NOT NULL,
    parent_hash character varying,
    created_at bigint NOT NULL,
    replaced_at bigint,
    successor_salt text,
    exchanged_by text,
    honoured bigint DEFAULT 0 NOT NULL
);

CREATE TABLE public.removed_accounts (
    user_id uuid NOT NULL,
    removed_at bigint NOT NULL,
    look_at bigint NOT NULL,
    looks bigint NOT NULL
);

CREATE TABLE public.reset_links (
    token_hash character varying NOT NULL,
    user_id uuid NOT NULL,
    lifts_second_factor boolean NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint
);

CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);

CREATE TABLE public.second_factors (
    user_id uuid NOT NULL,
    secret character varying NOT NULL,
    created_at bigint NOT NULL,
    confirmed_at bigint,
    last_step bigint,
    failures integer NOT NULL,
    failed_at bigint
);

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    device_name character varying,
    created_at bigint NOT NULL,
    last_used_at bigint NOT NULL,
    revoked_at bigint
);

CREATE TABLE public.tombstones (
    image_id uuid NOT NULL,
    user_id uuid NOT NULL,
    revision bigint NOT NULL,
    removed_at bigint NOT NULL
);

CREATE TABLE public.trash_rule (
    "only" integer NOT NULL,
    days integer,
    since bigint NOT NULL
);

CREATE TABLE public.uploads (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    state character varying NOT NULL,
    sha256 character varying NOT NULL,
    size bigint NOT NULL,
    announced text NOT NULL,
    object_key text NOT NULL,
    store_upload_id text,
    part_size bigint,
    image_id uuid,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    addresses_until bigint DEFAULT 0 NOT NULL
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    username character varying NOT NULL,
    username_key character varying NOT NULL,
    email character varying NOT NULL,
    email_key character varying NOT NULL,
    password_hash character varying,
    revision bigint NOT NULL,
    created_at bigint NOT NULL,
    quota_bytes bigint,
    quota_pictures bigint,
    used_bytes bigint DEFAULT 0 NOT NULL,
    used_pictures bigint DEFAULT 0 NOT NULL,
    disabled_at bigint,
    username_look text
);

INSERT INTO public.held_keys VALUES ('pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/e38b4cbe-8573-409d-b41b-b2089cdf2fd2.png', NULL, 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 407, 1, 1796011648383, false);
INSERT INTO public.held_keys VALUES ('pictures/61a545aa-3c92-40c0-adad-96723acac6a8/3f41b52c-8b39-4dfc-a5c8-b5ea3097e849.png', NULL, '61a545aa-3c92-40c0-adad-96723acac6a8', 407, 1, 1796011649015, false);

INSERT INTO public.images VALUES ('501f1143-5b87-481f-9ca0-1900ed830e99', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', '5.png', 'png', 'image/png', 407, 'd1045642f9152af5341615998c689a2af88130fe0d28cfdb3dac5d577ab2d37c', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/501f1143-5b87-481f-9ca0-1900ed830e99.png', NULL, NULL, false, false, NULL, NULL, '[]', NULL, NULL, NULL, 1796010688322, 1796010688322, NULL, 5, 407, '64f2aeabab370a26d9251061db27e3e8', 'content_md5', 1796010688322, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('6ffd82b2-f0e5-49a3-a3e2-35db1618ffea', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', '1.png', 'png', 'image/png', 406, '3383c1db897d2386ccbf80e37a69e38a8288741011587d6db95acbf4ddb2804e', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/6ffd82b2-f0e5-49a3-a3e2-35db1618ffea.png', NULL, NULL, false, false, 'Oma am Meer.', 'Oma', '["Möwe","Straße","海"]', NULL, 'person', 1796010688458, 1796010688053, 1796010688458, NULL, 8, 406, 'd5de5dfe0c854588c26a87dea684e0fe', 'content_md5', 1796010688053, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('e5286da3-19a4-4db7-8513-9d9ec3e92647', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', '2.png', 'png', 'image/png', 406, 'dbb49ef70e07a32706d1296c1287db162dce56a7bbbcc22b07ec4cf48d27f05b', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/e5286da3-19a4-4db7-8513-9d9ec3e92647.png', NULL, NULL, false, false, 'A gull on a pier.', 'Gull', '["gull","pier","Usedom"]', 'PIER 7', 'gpt-5-mini', 1796010688474, 1796010688128, 1796010688496, NULL, 10, 406, 'f1a7669a384f5f994166aad66613aa6d', 'content_md5', 1796010688128, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('5c80a451-a866-4b4a-90e2-d4f359e2ba1f', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', '3.png', 'png', 'image/png', 407, '5018c273152f8137cf1e1b9dc26be09f4dde3308c5c9bfba35cf587aa93204f9', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/5c80a451-a866-4b4a-90e2-d4f359e2ba1f.png', NULL, NULL, false, false, 'Mine.', 'A model''s alt text', '["models"]', 'KIOSK', 'person', 1796010688521, 1796010688196, 1796010688521, NULL, 12, 407, 'd648ff22d9b09d0b40580ce9f5c2abea', 'content_md5', 1796010688196, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('88ff6589-2d7b-4184-85dd-44927a60b38a', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', '7.png', 'png', 'image/png', 407, 'a7e5cd23926279274500c4478b19d67c3db338550de0c190c04d3db13863cb04', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/88ff6589-2d7b-4184-85dd-44927a60b38a.png', NULL, NULL, false, false, NULL, NULL, '[]', 'Eingang', NULL, NULL, 1796010688442, 1796010688547, NULL, 14, 407, '57ea741a5d8b9dd5fcfb88471888c3be', 'content_md5', 1796010688442, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('50fff49f-16f0-42be-906c-7b3f454ca2bd', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'Umbenannt.png', 'png', 'image/png', 407, '0c689f59c0da46ca0818023424ff547580c7634d0be5cf5dbcad4b442338fa4d', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/50fff49f-16f0-42be-906c-7b3f454ca2bd.png', NULL, NULL, false, true, NULL, NULL, '[]', NULL, NULL, NULL, 1796010688261, 1796010688564, 1796010688563, 15, 407, '71c03ecfd48eb44bafc7e0ee540cadc2', 'content_md5', 1796010688261, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('fb76e49f-3431-4795-9ed9-494ce6d72e1f', '61a545aa-3c92-40c0-adad-96723acac6a8', '5.png', 'png', 'image/png', 407, 'd1045642f9152af5341615998c689a2af88130fe0d28cfdb3dac5d577ab2d37c', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/fb76e49f-3431-4795-9ed9-494ce6d72e1f.png', NULL, NULL, false, false, NULL, NULL, '[]', NULL, NULL, NULL, 1796010688945, 1796010688945, NULL, 5, 407, '64f2aeabab370a26d9251061db27e3e8', 'content_md5', 1796010688945, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('32d1e80a-19fc-4de0-8bb6-201844c4fd7d', '61a545aa-3c92-40c0-adad-96723acac6a8', '1.png', 'png', 'image/png', 406, '3383c1db897d2386ccbf80e37a69e38a8288741011587d6db95acbf4ddb2804e', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/32d1e80a-19fc-4de0-8bb6-201844c4fd7d.png', NULL, NULL, false, false, 'Oma am Meer.', 'Oma', '["Möwe","Straße","海"]', NULL, 'person', 1796010689109, 1796010688710, 1796010689109, NULL, 8, 406, 'd5de5dfe0c854588c26a87dea684e0fe', 'content_md5', 1796010688710, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('0d37fbf9-5f33-4197-a012-3b45dc62b98f', '61a545aa-3c92-40c0-adad-96723acac6a8', '2.png', 'png', 'image/png', 406, 'dbb49ef70e07a32706d1296c1287db162dce56a7bbbcc22b07ec4cf48d27f05b', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/0d37fbf9-5f33-4197-a012-3b45dc62b98f.png', NULL, NULL, false, false, 'A gull on a pier.', 'Gull', '["gull","pier","Usedom"]', 'PIER 7', 'gpt-5-mini', 1796010689122, 1796010688763, 1796010689140, NULL, 10, 406, 'f1a7669a384f5f994166aad66613aa6d', 'content_md5', 1796010688763, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('538775ae-2727-427b-840c-390e69f24dcb', '61a545aa-3c92-40c0-adad-96723acac6a8', '3.png', 'png', 'image/png', 407, '5018c273152f8137cf1e1b9dc26be09f4dde3308c5c9bfba35cf587aa93204f9', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/538775ae-2727-427b-840c-390e69f24dcb.png', NULL, NULL, false, false, 'Mine.', 'A model''s alt text', '["models"]', 'KIOSK', 'person', 1796010689172, 1796010688829, 1796010689172, NULL, 12, 407, 'd648ff22d9b09d0b40580ce9f5c2abea', 'content_md5', 1796010688829, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('b1cb9abb-7d20-47b7-8ae5-c92471918d7c', '61a545aa-3c92-40c0-adad-96723acac6a8', '7.png', 'png', 'image/png', 407, 'a7e5cd23926279274500c4478b19d67c3db338550de0c190c04d3db13863cb04', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/b1cb9abb-7d20-47b7-8ae5-c92471918d7c.png', NULL, NULL, false, false, NULL, NULL, '[]', 'Eingang', NULL, NULL, 1796010689092, 1796010689189, NULL, 14, 407, '57ea741a5d8b9dd5fcfb88471888c3be', 'content_md5', 1796010689092, NULL, '2026-03-02T12:00:00Z');
INSERT INTO public.images VALUES ('69d4d8b8-c6f5-454f-9c9e-132877349a88', '61a545aa-3c92-40c0-adad-96723acac6a8', 'Umbenannt.png', 'png', 'image/png', 407, '0c689f59c0da46ca0818023424ff547580c7634d0be5cf5dbcad4b442338fa4d', 64, 48, '2026-03-01T12:00:00', NULL, NULL, 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/69d4d8b8-c6f5-454f-9c9e-132877349a88.png', NULL, NULL, false, true, NULL, NULL, '[]', NULL, NULL, NULL, 1796010688884, 1796010689215, 1796010689211, 15, 407, '71c03ecfd48eb44bafc7e0ee540cadc2', 'content_md5', 1796010688884, NULL, '2026-03-02T12:00:00Z');

INSERT INTO public.links VALUES ('HMErYwhigVLew7EUWJLvvA', '6ffd82b2-f0e5-49a3-a3e2-35db1618ffea', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 1796010688553);
INSERT INTO public.links VALUES ('7QYJjQQmfiVP_4xHeQHhkA', '501f1143-5b87-481f-9ca0-1900ed830e99', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 1796010688559);
INSERT INTO public.links VALUES ('6sDe9SzyGXMSWZpcij3qiw', '32d1e80a-19fc-4de0-8bb6-201844c4fd7d', '61a545aa-3c92-40c0-adad-96723acac6a8', 1796010689200);
INSERT INTO public.links VALUES ('z-lI3S1FrcpXwPDjSSSETg', 'fb76e49f-3431-4795-9ed9-494ce6d72e1f', '61a545aa-3c92-40c0-adad-96723acac6a8', 1796010689202);

INSERT INTO public.refresh_tokens VALUES ('c7e96f954eb39dc3a485198fd48c00822eb2075e75d010198464938ea565847c', 'e21a747c-ee78-4b27-b151-1a3708af95f5', NULL, 1796010687963, NULL, NULL, NULL, 0);
INSERT INTO public.refresh_tokens VALUES ('606fff7fce1f19a071151bd182fb06e54455f2f764b72209791568491b966362', 'c7c156eb-31f9-4c40-ac70-a5cdfda1c0b1', NULL, 1796010688641, NULL, NULL, NULL, 0);

INSERT INTO public.seaql_migrations VALUES ('m0001_accounts_and_pictures', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0002_second_factor_and_recovery', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0003_quotas', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0004_disabled_accounts_and_keysets', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0005_journal', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0006_faults', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0007_held_room', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0008_refresh_successors', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0009_people', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0010_file_dates', 1796010687);
INSERT INTO public.seaql_migrations VALUES ('m0011_trash_rule', 1796010687);

INSERT INTO public.sessions VALUES ('e21a747c-ee78-4b27-b151-1a3708af95f5', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'anna''s laptop', 1796010687954, 1796010687954, NULL);
INSERT INTO public.sessions VALUES ('c7c156eb-31f9-4c40-ac70-a5cdfda1c0b1', '61a545aa-3c92-40c0-adad-96723acac6a8', 'ben''s laptop', 1796010688641, 1796010688641, NULL);

INSERT INTO public.tombstones VALUES ('e38b4cbe-8573-409d-b41b-b2089cdf2fd2', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 16, 1796010688571);
INSERT INTO public.tombstones VALUES ('3f41b52c-8b39-4dfc-a5c8-b5ea3097e849', '61a545aa-3c92-40c0-adad-96723acac6a8', 16, 1796010689227);

INSERT INTO public.trash_rule VALUES (1, NULL, 0);

INSERT INTO public.uploads VALUES ('6ffd82b2-f0e5-49a3-a3e2-35db1618ffea', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'verified', '3383c1db897d2386ccbf80e37a69e38a8288741011587d6db95acbf4ddb2804e', 406, '{"reference":"1.png","name":"1.png","format":"png","size":406,"sha256":"3383c1db897d2386ccbf80e37a69e38a8288741011587d6db95acbf4ddb2804e","content_md5":"1d5d/gyFRYjCaofepoTg/g==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/6ffd82b2-f0e5-49a3-a3e2-35db1618ffea.png', NULL, NULL, '6ffd82b2-f0e5-49a3-a3e2-35db1618ffea', 1796010687988, 1796010688055, 1796011648045);
INSERT INTO public.uploads VALUES ('e5286da3-19a4-4db7-8513-9d9ec3e92647', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'verified', 'dbb49ef70e07a32706d1296c1287db162dce56a7bbbcc22b07ec4cf48d27f05b', 406, '{"reference":"2.png","name":"2.png","format":"png","size":406,"sha256":"dbb49ef70e07a32706d1296c1287db162dce56a7bbbcc22b07ec4cf48d27f05b","content_md5":"8admmjhPX5lBZqrWZhOqbQ==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/e5286da3-19a4-4db7-8513-9d9ec3e92647.png', NULL, NULL, 'e5286da3-19a4-4db7-8513-9d9ec3e92647', 1796010688076, 1796010688129, 1796011648121);
INSERT INTO public.uploads VALUES ('5c80a451-a866-4b4a-90e2-d4f359e2ba1f', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'verified', '5018c273152f8137cf1e1b9dc26be09f4dde3308c5c9bfba35cf587aa93204f9', 407, '{"reference":"3.png","name":"3.png","format":"png","size":407,"sha256":"5018c273152f8137cf1e1b9dc26be09f4dde3308c5c9bfba35cf587aa93204f9","content_md5":"1kj/ItmwnQtAWAzp9cKr6g==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/5c80a451-a866-4b4a-90e2-d4f359e2ba1f.png', NULL, NULL, '5c80a451-a866-4b4a-90e2-d4f359e2ba1f', 1796010688141, 1796010688196, 1796011648190);
INSERT INTO public.uploads VALUES ('50fff49f-16f0-42be-906c-7b3f454ca2bd', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'verified', '0c689f59c0da46ca0818023424ff547580c7634d0be5cf5dbcad4b442338fa4d', 407, '{"reference":"4.png","name":"4.png","format":"png","size":407,"sha256":"0c689f59c0da46ca0818023424ff547580c7634d0be5cf5dbcad4b442338fa4d","content_md5":"ccA+z9SOtEuvx+DuVAytwg==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/50fff49f-16f0-42be-906c-7b3f454ca2bd.png', NULL, NULL, '50fff49f-16f0-42be-906c-7b3f454ca2bd', 1796010688213, 1796010688261, 1796011648256);
INSERT INTO public.uploads VALUES ('501f1143-5b87-481f-9ca0-1900ed830e99', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'verified', 'd1045642f9152af5341615998c689a2af88130fe0d28cfdb3dac5d577ab2d37c', 407, '{"reference":"5.png","name":"5.png","format":"png","size":407,"sha256":"d1045642f9152af5341615998c689a2af88130fe0d28cfdb3dac5d577ab2d37c","content_md5":"ZPKuq6s3CibZJRBh2yfj6A==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/501f1143-5b87-481f-9ca0-1900ed830e99.png', NULL, NULL, '501f1143-5b87-481f-9ca0-1900ed830e99', 1796010688278, 1796010688322, 1796011648320);
INSERT INTO public.uploads VALUES ('e38b4cbe-8573-409d-b41b-b2089cdf2fd2', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'verified', '8fadeb6d803901be3259e11490d93d199687de820a1815e1be573070b5e1d7b1', 407, '{"reference":"6.png","name":"6.png","format":"png","size":407,"sha256":"8fadeb6d803901be3259e11490d93d199687de820a1815e1be573070b5e1d7b1","content_md5":"W844Hu+gbxcM8zQB2QjLzg==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/e38b4cbe-8573-409d-b41b-b2089cdf2fd2.png', NULL, NULL, 'e38b4cbe-8573-409d-b41b-b2089cdf2fd2', 1796010688335, 1796010688385, 1796011648383);
INSERT INTO public.uploads VALUES ('88ff6589-2d7b-4184-85dd-44927a60b38a', 'b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'verified', 'a7e5cd23926279274500c4478b19d67c3db338550de0c190c04d3db13863cb04', 407, '{"reference":"7.png","name":"7.png","format":"png","size":407,"sha256":"a7e5cd23926279274500c4478b19d67c3db338550de0c190c04d3db13863cb04","content_md5":"V+p0Gl2LndX8+4hHGIjDvg==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/b5bd1fec-197d-42f3-a37a-d2e42a68fb42/88ff6589-2d7b-4184-85dd-44927a60b38a.png', NULL, NULL, '88ff6589-2d7b-4184-85dd-44927a60b38a', 1796010688403, 1796010688447, 1796011648440);
INSERT INTO public.uploads VALUES ('32d1e80a-19fc-4de0-8bb6-201844c4fd7d', '61a545aa-3c92-40c0-adad-96723acac6a8', 'verified', '3383c1db897d2386ccbf80e37a69e38a8288741011587d6db95acbf4ddb2804e', 406, '{"reference":"1.png","name":"1.png","format":"png","size":406,"sha256":"3383c1db897d2386ccbf80e37a69e38a8288741011587d6db95acbf4ddb2804e","content_md5":"1d5d/gyFRYjCaofepoTg/g==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/32d1e80a-19fc-4de0-8bb6-201844c4fd7d.png', NULL, NULL, '32d1e80a-19fc-4de0-8bb6-201844c4fd7d', 1796010688653, 1796010688711, 1796011648707);
INSERT INTO public.uploads VALUES ('0d37fbf9-5f33-4197-a012-3b45dc62b98f', '61a545aa-3c92-40c0-adad-96723acac6a8', 'verified', 'dbb49ef70e07a32706d1296c1287db162dce56a7bbbcc22b07ec4cf48d27f05b', 406, '{"reference":"2.png","name":"2.png","format":"png","size":406,"sha256":"dbb49ef70e07a32706d1296c1287db162dce56a7bbbcc22b07ec4cf48d27f05b","content_md5":"8admmjhPX5lBZqrWZhOqbQ==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/0d37fbf9-5f33-4197-a012-3b45dc62b98f.png', NULL, NULL, '0d37fbf9-5f33-4197-a012-3b45dc62b98f', 1796010688726, 1796010688763, 1796011648760);
INSERT INTO public.uploads VALUES ('538775ae-2727-427b-840c-390e69f24dcb', '61a545aa-3c92-40c0-adad-96723acac6a8', 'verified', '5018c273152f8137cf1e1b9dc26be09f4dde3308c5c9bfba35cf587aa93204f9', 407, '{"reference":"3.png","name":"3.png","format":"png","size":407,"sha256":"5018c273152f8137cf1e1b9dc26be09f4dde3308c5c9bfba35cf587aa93204f9","content_md5":"1kj/ItmwnQtAWAzp9cKr6g==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/538775ae-2727-427b-840c-390e69f24dcb.png', NULL, NULL, '538775ae-2727-427b-840c-390e69f24dcb', 1796010688777, 1796010688830, 1796011648822);
INSERT INTO public.uploads VALUES ('69d4d8b8-c6f5-454f-9c9e-132877349a88', '61a545aa-3c92-40c0-adad-96723acac6a8', 'verified', '0c689f59c0da46ca0818023424ff547580c7634d0be5cf5dbcad4b442338fa4d', 407, '{"reference":"4.png","name":"4.png","format":"png","size":407,"sha256":"0c689f59c0da46ca0818023424ff547580c7634d0be5cf5dbcad4b442338fa4d","content_md5":"ccA+z9SOtEuvx+DuVAytwg==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/69d4d8b8-c6f5-454f-9c9e-132877349a88.png', NULL, NULL, '69d4d8b8-c6f5-454f-9c9e-132877349a88', 1796010688845, 1796010688885, 1796011648880);
INSERT INTO public.uploads VALUES ('fb76e49f-3431-4795-9ed9-494ce6d72e1f', '61a545aa-3c92-40c0-adad-96723acac6a8', 'verified', 'd1045642f9152af5341615998c689a2af88130fe0d28cfdb3dac5d577ab2d37c', 407, '{"reference":"5.png","name":"5.png","format":"png","size":407,"sha256":"d1045642f9152af5341615998c689a2af88130fe0d28cfdb3dac5d577ab2d37c","content_md5":"ZPKuq6s3CibZJRBh2yfj6A==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/fb76e49f-3431-4795-9ed9-494ce6d72e1f.png', NULL, NULL, 'fb76e49f-3431-4795-9ed9-494ce6d72e1f', 1796010688897, 1796010688945, 1796011648941);
INSERT INTO public.uploads VALUES ('3f41b52c-8b39-4dfc-a5c8-b5ea3097e849', '61a545aa-3c92-40c0-adad-96723acac6a8', 'verified', '8fadeb6d803901be3259e11490d93d199687de820a1815e1be573070b5e1d7b1', 407, '{"reference":"6.png","name":"6.png","format":"png","size":407,"sha256":"8fadeb6d803901be3259e11490d93d199687de820a1815e1be573070b5e1d7b1","content_md5":"W844Hu+gbxcM8zQB2QjLzg==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/3f41b52c-8b39-4dfc-a5c8-b5ea3097e849.png', NULL, NULL, '3f41b52c-8b39-4dfc-a5c8-b5ea3097e849', 1796010688957, 1796010689022, 1796011649015);
INSERT INTO public.uploads VALUES ('b1cb9abb-7d20-47b7-8ae5-c92471918d7c', '61a545aa-3c92-40c0-adad-96723acac6a8', 'verified', 'a7e5cd23926279274500c4478b19d67c3db338550de0c190c04d3db13863cb04', 407, '{"reference":"7.png","name":"7.png","format":"png","size":407,"sha256":"a7e5cd23926279274500c4478b19d67c3db338550de0c190c04d3db13863cb04","content_md5":"V+p0Gl2LndX8+4hHGIjDvg==","width":64,"height":48,"taken_at":"2026-03-01T12:00:00","file_modified_at":"2026-03-02T12:00:00Z","camera":null,"thumbhash":null,"thumbnail":null}', 'pictures/61a545aa-3c92-40c0-adad-96723acac6a8/b1cb9abb-7d20-47b7-8ae5-c92471918d7c.png', NULL, NULL, 'b1cb9abb-7d20-47b7-8ae5-c92471918d7c', 1796010689048, 1796010689093, 1796011649089);

INSERT INTO public.users VALUES ('61a545aa-3c92-40c0-adad-96723acac6a8', 'ben', 'ben', 'ben@example.com', 'ben@example.com', '$argon2id$v=19$m=19456,t=2,p=1$zrkN/WcpIzDRkeGZw6Q3SQ$T8MhKtGnzm8xXfJQbRGpqZpYjA77Gr5yJ8/gAvHBH1Q', 16, 1796010688640, NULL, NULL, 2847, 7, NULL, 'ben');
INSERT INTO public.users VALUES ('b5bd1fec-197d-42f3-a37a-d2e42a68fb42', 'anna', 'anna', 'anna@example.com', 'anna@example.com', '$argon2id$v=19$m=19456,t=2,p=1$fzpaXGhPfBgZcGOK6/ougw$zOlxUSviUJ0VE86KuMsT+vpVVNeUTak9YqJou0Nps4E', 16, 1796010687952, NULL, NULL, 2847, 7, NULL, 'anna');

ALTER TABLE ONLY public.doomed_objects
    ADD CONSTRAINT doomed_objects_pkey PRIMARY KEY (object_key);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.held_keys
    ADD CONSTRAINT held_keys_pkey PRIMARY KEY (object_key);

ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (code_hash);

ALTER TABLE ONLY public.journal_positions
    ADD CONSTRAINT journal_positions_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_pkey PRIMARY KEY (token);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (code_hash);

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.removed_accounts
    ADD CONSTRAINT removed_accounts_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.reset_links
    ADD CONSTRAINT reset_links_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT tombstones_pkey PRIMARY KEY (image_id);

ALTER TABLE ONLY public.trash_rule
    ADD CONSTRAINT trash_rule_pkey PRIMARY KEY ("only");

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX email_changes_by_user ON public.email_changes USING btree (user_id);

CREATE INDEX held_keys_by_end ON public.held_keys USING btree (until);

CREATE INDEX held_keys_by_user ON public.held_keys USING btree (user_id);

CREATE INDEX images_by_object_key ON public.images USING btree (object_key);

CREATE INDEX images_by_revision ON public.images USING btree (user_id, revision);

CREATE UNIQUE INDEX images_content_unique ON public.images USING btree (user_id, sha256);

CREATE INDEX images_in_trash ON public.images USING btree (deleted_at);

CREATE INDEX images_shown_by_age ON public.images USING btree (user_id, created_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX images_trash_by_age ON public.images USING btree (user_id, created_at, id) WHERE (deleted_at IS NOT NULL);

CREATE INDEX links_by_user ON public.links USING btree (user_id);

CREATE UNIQUE INDEX links_image_unique ON public.links USING btree (image_id);

CREATE INDEX recovery_codes_by_user ON public.recovery_codes USING btree (user_id);

CREATE INDEX refresh_tokens_by_parent ON public.refresh_tokens USING btree (parent_hash);

CREATE INDEX refresh_tokens_by_session ON public.refresh_tokens USING btree (session_id);

CREATE INDEX reset_links_by_end ON public.reset_links USING btree (expires_at);

CREATE INDEX reset_links_by_user ON public.reset_links USING btree (user_id);

CREATE INDEX sessions_by_use ON public.sessions USING btree (last_used_at);

CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id);

CREATE INDEX tombstones_by_revision ON public.tombstones USING btree (user_id, revision);

CREATE INDEX uploads_by_image ON public.uploads USING btree (image_id);

CREATE INDEX uploads_by_state ON public.uploads USING btree (state, updated_at);

CREATE INDEX uploads_by_user ON public.uploads USING btree (user_id, state);

CREATE UNIQUE INDEX uploads_open_unique ON public.uploads USING btree (user_id, sha256) WHERE ((state)::text = 'open'::text);

CREATE UNIQUE INDEX users_email_unique ON public.users USING btree (email_key);

CREATE UNIQUE INDEX users_username_look_unique ON public.users USING btree (username_look);

CREATE UNIQUE INDEX users_username_unique ON public.users USING btree (username_key);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.journal_positions
    ADD CONSTRAINT journal_positions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_image_id_fkey FOREIGN KEY (image_id) REFERENCES public.images(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reset_links
    ADD CONSTRAINT reset_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT tombstones_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

