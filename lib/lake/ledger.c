#include "lake/ledger.h"

#include "column/value.h"
#include "lake/ledger_sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void ledger_write_hash(char text[LEDGER_ID_LEN + 1], struct hash128 hash)
{
	snprintf(text, LEDGER_ID_LEN + 1, "%016" PRIx64 "%016" PRIx64, hash.high, hash.low);
}

/* A text that is no hash, which only another program can have written, is like none. */
static struct hash128 read_hex(struct text text)
{
	struct hash128 hash = {0};

	for (size_t i = 0; text.len == LEDGER_ID_LEN && i < LEDGER_ID_LEN; i++) {
		char c = text.data[i];
		uint64_t digit = c >= '0' && c <= '9' ? (uint64_t)(c - '0') : (uint64_t)(c - 'a' + 10) & 15;

		if (i < LEDGER_ID_LEN / 2)
			hash.high = hash.high << 4 | digit;
		else
			hash.low = hash.low << 4 | digit;
	}
	return hash;
}

void ledger_now(char text[LEDGER_TIME_LEN + 1])
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	if (strftime(text, LEDGER_TIME_LEN + 1, "%Y-%m-%dT%H:%M:%S.000Z", &tm) == 0) {
		text[0] = '\0'; /* a clock beyond the year 9999 */
		return;
	}
	for (long ms = now.tv_nsec / 1000000, i = LEDGER_TIME_LEN - 2; ms != 0; ms /= 10, i--)
		text[i] = (char)('0' + ms % 10);
}

void ledger_open(struct ledger *l, struct db *db)
{
	*l = (struct ledger){.db = db};
}

void ledger_close(struct ledger *l)
{
	for (int i = 0; i < STATEMENTS; i++)
		db_finalize(l->prepared[i]);
	*l = (struct ledger){0};
}

int ledger_exists(struct ledger *l)
{
	struct db_statement *s =
	    db_prepare(l->db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'lake_meta'");
	int result = s != NULL ? db_step(s) : -1;

	db_finalize(s);
	return result;
}

int ledger_read(const struct lake *lake, struct db **db, struct ledger *l)
{
	int has = lake_has(lake, "gold.db");
	char *path;

	*db = NULL;
	*l = (struct ledger){0};
	if (has <= 0)
		return has;
	path = lake_path(lake, "gold.db");
	if (path == NULL)
		return -1;
	*db = db_open(path, DB_READ);
	free(path);
	if (*db == NULL)
		return -1;
	ledger_open(l, *db);
	return ledger_exists(l);
}

int ledger_set_meta(struct ledger *l, const char *key, const char *value)
{
	struct db_statement *s = ledger_statement(l, SET_META);

	if (s == NULL)
		return -1;
	db_bind_text(s, 1, (struct text){key, strlen(key)});
	db_bind_text(s, 2, (struct text){value, strlen(value)});
	return db_run(s);
}

/* 1 and the value, cut to size; 0: there is none. */
static int get_meta(struct ledger *l, const char *key, char *value, size_t size)
{
	struct db_statement *s = ledger_statement(l, GET_META);
	struct text found;
	int result;

	if (s == NULL)
		return -1;
	db_bind_text(s, 1, (struct text){key, strlen(key)});
	result = db_step(s);
	if (result == 1) {
		found = db_text(s, 0);
		snprintf(value, size, "%.*s", (int)(found.len < size ? found.len : size - 1), found.data);
		db_reset(s);
	}
	return result;
}

int ledger_id(struct ledger *l, char id[LEDGER_ID_LEN + 1])
{
	int result = get_meta(l, "id", id, LEDGER_ID_LEN + 1);

	if (result == 0)
		return cause_record(STATUS_INPUT, "gold.db: the lake has no id");
	return result < 0 ? -1 : 0;
}

static int get_number(struct ledger *l, enum statement i, uint64_t *value)
{
	struct db_statement *s = ledger_statement(l, i);

	if (s == NULL || db_step(s) < 0)
		return -1;
	*value = (uint64_t)db_int(s, 0);
	db_reset(s);
	return 0;
}

int ledger_newest_run(struct ledger *l, uint64_t *run)
{
	return get_number(l, NEWEST_RUN, run);
}

int ledger_has_history(struct ledger *l)
{
	uint64_t has;

	return get_number(l, HISTORY, &has) == 0 ? has != 0 : -1;
}

int ledger_gold_run(struct ledger *l, uint64_t *run)
{
	char text[32] = "0";

	if (get_meta(l, "gold_run", text, sizeof text) < 0)
		return -1;
	if (sscanf(text, "%" SCNu64, run) != 1)
		*run = 0;
	return 0;
}

int ledger_set_gold_run(struct ledger *l, uint64_t run)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRIu64, run);
	return ledger_set_meta(l, "gold_run", text);
}

static void read_mark(struct db_statement *s, struct ledger_source *mark)
{
	struct text status = db_text(s, 9);

	*mark = (struct ledger_source){
	    .path = db_text(s, 0),
	    .size = (uint64_t)db_int(s, 1),
	    .mtime_ns = (uint64_t)db_int(s, 2),
	    .content = read_hex(db_text(s, 3)),
	    .bytes = (uint64_t)db_int(s, 4),
	    .lines = (uint64_t)db_int(s, 5),
	    .kept = (uint64_t)db_int(s, 6),
	    .rejected = (uint64_t)db_int(s, 7),
	    .blank = (uint64_t)db_int(s, 8),
	    .same_as = db_text(s, 10),
	    .run = (uint64_t)db_int(s, 11),
	    .more = (uint64_t)db_int(s, 12),
	    .status = LEDGER_DONE,
	};
	if (text_equal(status, (struct text){LEDGER_SAME, sizeof LEDGER_SAME - 1}))
		mark->status = LEDGER_SAME;
	else if (text_equal(status, (struct text){LEDGER_PARTIAL, sizeof LEDGER_PARTIAL - 1}))
		mark->status = LEDGER_PARTIAL;
	else if (text_equal(status, (struct text){LEDGER_SKIPPED, sizeof LEDGER_SKIPPED - 1}))
		mark->status = LEDGER_SKIPPED;
	else if (text_equal(status, (struct text){LEDGER_ARCHIVE, sizeof LEDGER_ARCHIVE - 1}))
		mark->status = LEDGER_ARCHIVE;
}

static int find(struct ledger *l, enum statement i, struct text key, struct ledger_source *mark)
{
	struct db_statement *s = ledger_statement(l, i);
	int result;

	if (s == NULL)
		return -1;
	db_reset(s); /* the last one's texts were borrowed until now */
	db_bind_text(s, 1, key);
	result = db_step(s);
	if (result == 1)
		read_mark(s, mark);
	return result;
}

int ledger_find_path(struct ledger *l, struct text path, struct ledger_source *mark)
{
	return find(l, FIND_PATH, path, mark);
}

int ledger_find_orphan(struct ledger *l, struct text path, struct ledger_source *mark)
{
	return find(l, FIND_ORPHAN, path, mark);
}

int ledger_find_live(struct ledger *l, struct text path, struct ledger_source *mark)
{
	return find(l, FIND_LIVE, path, mark);
}

int ledger_has_size(struct ledger *l, uint64_t size)
{
	struct db_statement *s = ledger_statement(l, HAS_SIZE);
	int result;

	if (s == NULL)
		return -1;
	db_bind_int(s, 1, (int64_t)size);
	result = db_step(s);
	db_reset(s);
	return result;
}

/*
 * Moves a query for the rows from a key on, in the order of keys, which are its first column, to the row of
 * that key: 1, 0 when there is none, -1. Who asks in about this order needs few steps from one to the next;
 * else it is asked anew.
 */
static int move_to(struct ledger *l, enum statement i, struct text key)
{
	enum { STEPS = 8 };
	struct db_statement *s = ledger_statement(l, i);
	int more = l->at_row[i];

	if (s == NULL)
		return -1;
	for (int steps = 0; more == 1 && steps < STEPS; steps++) {
		const int order = text_order(db_text(s, 0), key);

		if (order == 0)
			return 1;
		if (order > 0 && steps > 0)
			return 0;
		if (order > 0)
			break;
		more = db_step(s);
		l->at_row[i] = more == 1;
		if (more < 1)
			return more;
	}
	db_reset(s);
	db_bind_copy(s, 1, key);
	more = db_step(s);
	l->at_row[i] = more == 1;
	return more < 1 ? more : text_equal(db_text(s, 0), key);
}

int ledger_find_next(struct ledger *l, struct text path, struct ledger_source *mark)
{
	const int found = move_to(l, NEAR_PATH, path);

	if (found != 1)
		return found;
	read_mark(l->prepared[NEAR_PATH], mark);
	/* A copy counts only with its original. */
	return strcmp(mark->status, LEDGER_SAME) == 0 ? ledger_find_path(l, path, mark) : 1;
}

int ledger_find_folder(struct ledger *l, struct text path, struct text *subfolders)
{
	const int found = move_to(l, NEAR_FOLDER, path);

	if (found == 1)
		*subfolders = db_text(l->prepared[NEAR_FOLDER], 1);
	return found;
}

int ledger_put_rule(struct ledger *l, struct text name, struct text rule, uint64_t run)
{
	static const enum statement steps[] = {END_RULE, ADD_RULE};

	for (size_t i = 0; i < 2; i++) {
		struct db_statement *s = ledger_statement(l, steps[i]);

		if (s == NULL)
			return -1;
		db_bind_int(s, 1, (int64_t)run);
		db_bind_text(s, 2, name);
		db_bind_text(s, 3, rule);
		if (db_run(s) != 0)
			return -1;
	}
	return 0;
}

int ledger_put_folder(struct ledger *l, struct text path, struct text subfolders)
{
	struct db_statement *s = ledger_statement(l, PUT_FOLDER);

	if (s == NULL)
		return -1;
	db_bind_text(s, 1, path);
	db_bind_blob(s, 2, subfolders.data, subfolders.len);
	return db_run(s);
}

int ledger_find_content(struct ledger *l, struct hash128 content, struct ledger_source *mark)
{
	char hex[LEDGER_ID_LEN + 1];

	ledger_write_hash(hex, content);
	return find(l, FIND_CONTENT, (struct text){hex, LEDGER_ID_LEN}, mark);
}

int ledger_next_pending(struct ledger *l, struct text *staged, struct text *path)
{
	struct db_statement *s = ledger_statement(l, NEXT_PENDING);
	int result = s != NULL ? db_step(s) : -1;

	if (result == 1) {
		*staged = db_text(s, 0);
		*path = db_text(s, 1);
	}
	return result;
}

int ledger_next_silver(struct ledger *l, struct text *path, struct text *staged)
{
	struct db_statement *s = ledger_statement(l, NEXT_SILVER);
	int result = s != NULL ? db_step(s) : -1;

	if (result == 1) {
		*path = db_text(s, 0);
		*staged = db_text(s, 1);
	}
	return result;
}

int ledger_add_run(struct ledger *l, const struct ledger_run *run)
{
	struct db_statement *s = ledger_statement(l, ADD_RUN);
	char now[LEDGER_TIME_LEN + 1];

	if (s == NULL)
		return -1;
	ledger_now(now);
	db_bind_int(s, 1, (int64_t)run->run);
	db_bind_text(s, 2, run->verb);
	db_bind_text(s, 3, (struct text){run->began, strlen(run->began)});
	db_bind_text(s, 4, (struct text){now, LEDGER_TIME_LEN});
	db_bind_int(s, 5, (int64_t)run->sources);
	db_bind_int(s, 6, (int64_t)run->copies);
	db_bind_int(s, 7, (int64_t)run->rows);
	db_bind_int(s, 8, (int64_t)run->rejects);
	db_bind_int(s, 9, (int64_t)run->blank);
	db_bind_int(s, 10, (int64_t)run->bytes);
	db_bind_int(s, 11, (int64_t)run->files);
	db_bind_double(s, 12, run->cpu_seconds);
	db_bind_double(s, 13, run->wall_seconds);
	return db_run(s);
}

int ledger_end_source(struct ledger *l, struct text path, uint64_t run)
{
	struct db_statement *s = ledger_statement(l, END_SOURCE);

	if (s == NULL)
		return -1;
	db_bind_text(s, 1, path);
	db_bind_int(s, 2, (int64_t)run);
	return db_run(s);
}

int ledger_add_source(struct ledger *l, const struct ledger_source *source)
{
	struct db_statement *s = ledger_statement(l, ADD_SOURCE);
	char hex[LEDGER_ID_LEN + 1];

	if (ledger_end_source(l, source->path, source->run) != 0 || s == NULL)
		return -1;
	ledger_write_hash(hex, source->content);
	db_bind_text(s, 1, source->path);
	db_bind_int(s, 2, (int64_t)source->size);
	db_bind_int(s, 3, (int64_t)source->mtime_ns);
	db_bind_text(s, 4, (struct text){hex, LEDGER_ID_LEN});
	db_bind_int(s, 5, (int64_t)source->bytes);
	db_bind_int(s, 6, (int64_t)source->lines);
	db_bind_int(s, 7, (int64_t)source->kept);
	db_bind_int(s, 8, (int64_t)source->rejected);
	db_bind_int(s, 9, (int64_t)source->blank);
	db_bind_text(s, 10, (struct text){source->status, strlen(source->status)});
	db_bind_text(s, 11, source->same_as);
	db_bind_int(s, 12, (int64_t)source->run);
	db_bind_int(s, 13, (int64_t)source->more);
	return db_run(s);
}

int ledger_touch_source(struct ledger *l, struct text path, uint64_t size, uint64_t mtime_ns)
{
	struct db_statement *s = ledger_statement(l, TOUCH_SOURCE);

	if (s == NULL)
		return -1;
	db_bind_text(s, 1, path);
	db_bind_int(s, 2, (int64_t)size);
	db_bind_int(s, 3, (int64_t)mtime_ns);
	return db_run(s);
}

int ledger_doubt_archive(struct ledger *l, struct text member)
{
	struct db_statement *s = ledger_statement(l, DOUBT_ARCHIVE);

	for (size_t len = member.len; s != NULL && len-- > 0;) {
		if (member.data[len] != '#')
			continue;
		db_bind_text(s, 1, (struct text){member.data, len});
		if (db_run(s) != 0)
			return -1;
	}
	return s != NULL ? 0 : -1;
}

int ledger_add_reject(struct ledger *l, const struct ledger_count *count)
{
	struct db_statement *s = ledger_statement(l, ADD_REJECT);

	if (s == NULL)
		return -1;
	db_bind_int(s, 1, (int64_t)count->run);
	db_bind_text(s, 2, count->source);
	db_bind_text(s, 3, count->name);
	db_bind_text(s, 4, count->field);
	db_bind_int(s, 5, (int64_t)count->count);
	db_bind_int(s, 6, (int64_t)count->line);
	db_bind_int(s, 7, (int64_t)count->column);
	return db_run(s);
}

int ledger_add_note(struct ledger *l, const struct ledger_count *count)
{
	struct db_statement *s = ledger_statement(l, ADD_NOTE);

	if (s == NULL)
		return -1;
	db_bind_int(s, 1, (int64_t)count->run);
	db_bind_text(s, 2, count->source);
	db_bind_text(s, 3, count->what);
	db_bind_text(s, 4, count->name);
	db_bind_text(s, 5, count->field);
	db_bind_int(s, 6, (int64_t)count->count);
	db_bind_int(s, 7, (int64_t)count->line);
	return db_run(s);
}

int ledger_add_file(struct ledger *l, const struct ledger_file *file)
{
	struct db_statement *s = ledger_statement(l, ADD_FILE);
	char hex[LEDGER_ID_LEN + 1];

	if (s == NULL)
		return -1;
	ledger_write_hash(hex, file->checksum);
	db_bind_text(s, 1, file->path);
	db_bind_text(s, 2, file->layer);
	db_bind_text(s, 3, file->partition);
	db_bind_int(s, 4, (int64_t)file->rows);
	db_bind_int(s, 5, (int64_t)file->size);
	db_bind_text(s, 6, (struct text){hex, LEDGER_ID_LEN});
	db_bind_int(s, 7, (int64_t)file->run);
	db_bind_text(s, 8, file->staged);
	db_bind_text(s, 9, file->first);
	db_bind_text(s, 10, file->last);
	return db_run(s);
}

int ledger_clear_pending(struct ledger *l, uint64_t run)
{
	struct db_statement *s = ledger_statement(l, CLEAR_PENDING);

	if (s == NULL)
		return -1;
	db_bind_int(s, 1, (int64_t)run);
	return db_run(s);
}

int ledger_add_attempt(struct ledger *l, struct text verb, int status, struct text message)
{
	struct db_statement *s = ledger_statement(l, ADD_ATTEMPT);
	char now[LEDGER_TIME_LEN + 1];

	if (s == NULL)
		return -1;
	ledger_now(now);
	db_bind_text(s, 1, (struct text){now, LEDGER_TIME_LEN});
	db_bind_text(s, 2, verb);
	db_bind_int(s, 3, status);
	db_bind_text(s, 4, message);
	return db_run(s);
}
