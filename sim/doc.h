/* A configuration or trace file as a flat list of entries, each with its place in the file.
 *
 * TOML is read by toml11 in one C++ file; all that follows is C. Tables become dotted paths, arrays get
 * indices: [[layer]] inputs = ["a"] is the entry "layer[0].inputs[0]". A number may stand alone or as
 * { value = 8, source = "...", tag = "S" }: both give one entry. */
#ifndef NPIM_SIM_DOC_H
#define NPIM_SIM_DOC_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_entry_kind {
    NPIM_ENTRY_INTEGER,
    NPIM_ENTRY_FLOAT,
    NPIM_ENTRY_BOOL,
    NPIM_ENTRY_STRING,
    NPIM_ENTRY_EMPTY /* an empty array or table: something to complain about by name */
} npim_entry_kind;

typedef struct npim_entry {
    char *path; /* "block.dac.power_uW" */
    npim_entry_kind kind;
    double number;   /* integer, float and bool (0 or 1) */
    int64_t integer; /* exact value of an integer */
    char *text;      /* string value, else NULL */
    char *source;    /* where the value comes from, or NULL */
    char *tag;       /* S, S2, D, A or C, or NULL */
    char *file;      /* file as the user named it, or "--set" */
    uint32_t line;   /* 0 for --set */
    bool used;       /* somebody read it; what nobody read is an unknown key */
} npim_entry;

/* Owned by whoever loaded it; entries are in file order (included files first, overridden in place). */
typedef struct npim_doc {
    npim_entry *entries;
    size_t n_entries, capacity;
    size_t *slots; /* hash index by path: 1 + the entry's number, 0: free */
    size_t n_slots;
} npim_doc;

/* Reads a TOML file into doc (which must be zeroed or finished). A top-level `include = "file.toml"`
 * (relative to the including file, at most 8 deep) is read first; later keys override its entries, and arrays
 * replace its arrays as a whole.
 * NPIM_ECONFIG, with file:line, for a missing, unreadable, empty, binary (a NUL byte), too large (> 64 MiB)
 * or syntactically wrong file, for a directory, and for a tag outside S, S2, D, A, C. */
NPIM_MUST_USE npim_status npim_doc_load(npim_doc *doc, const char *path, npim_error *error);

/* Adds a copy of entry (its strings too; used is cleared), or replaces the entry of that path in place.
 * NPIM_ENOMEM is the only failure. */
NPIM_MUST_USE npim_status npim_doc_put(npim_doc *doc, const npim_entry *entry, npim_error *error);

/* Puts a copy of every entry of `from` into doc. NPIM_ENOMEM is the only failure. */
NPIM_MUST_USE npim_status npim_doc_put_all(npim_doc *doc, const npim_doc *from, npim_error *error);

/* Removes all elements of the array at path ("pe.stage"): an including file replaces an array as a whole. */
void npim_doc_drop_array(npim_doc *doc, const char *path);

/* Overrides or adds one entry from the command line: "block.dac.bits=4"; the value is an integer, a float,
 * true/false or else a string (quotes optional). NPIM_EUSAGE when it is not key=value. The tag of an
 * overridden entry becomes "A", its source "--set". */
NPIM_MUST_USE npim_status npim_doc_set(npim_doc *doc, const char *assignment, npim_error *error);

void npim_doc_fini(npim_doc *doc); /* safe on a zeroed struct and twice */

/* The entry at exactly that path, or NULL; does not mark it used. */
npim_entry *npim_doc_find(const npim_doc *doc, const char *path);

/* True when some entry lies at prefix or below it ("prefix", "prefix.x", "prefix[0]"). */
bool npim_doc_has(const npim_doc *doc, const char *prefix);

/* Number of elements of the array at path ("layer" for [[layer]]); 0 when there is none. */
size_t npim_doc_count(const npim_doc *doc, const char *path);

/* The shortest decimal that reads back as exactly value. text has room for size bytes; 32 are always enough.
 */
void npim_number_text(double value, char *text, size_t size);

/* An entry with its place, for messages: `sim/arch/isaac.toml:14: dac.bits = 33`, cut to size - 1 bytes. */
void npim_entry_text(const npim_entry *entry, char *text, size_t size);

/* Reads the keys of a field table at prefix ("block.dac") into config: presets first, then what the doc has,
 * checked for kind and range; marks the entries used. what names the thing in messages when a required key
 * is missing ("sim/arch/isaac.toml: block.dac"), unless a key nobody used resembles it: then that one is
 * reported as misspelt. NPIM_ECONFIG messages name file:line, key, value and the
 * allowed range with its unit. */
NPIM_MUST_USE npim_status npim_doc_bind(npim_doc *doc, const char *prefix, const npim_field *fields,
                                        size_t n_fields, void *config, const char *what, npim_error *error);

/* Copies the string at path into text (NPIM_ECONFIG when absent and required, not a string, empty or longer
 * than size - 1) and marks it used. An absent optional string leaves text as it is. */
NPIM_MUST_USE npim_status npim_doc_text(npim_doc *doc, const char *path, bool required, char *text,
                                        size_t size, const char *what, npim_error *error);

/* The known name nearest to name by edit distance, or NULL when none resembles it. Borrowed from known. */
const char *npim_nearest(const char *name, const char *const *known, size_t n_known);

/* NPIM_ECONFIG for the first entry that nobody used: "file:line: unknown key x.y (did you mean x.z?)"; the
 * nearest of the known keys is offered. known: keys that would have been accepted, as full paths. */
NPIM_MUST_USE npim_status npim_doc_reject_unused(const npim_doc *doc, const char *const *known,
                                                 size_t n_known, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
