#include "sim/values/npy_header.h"

#include <stdbool.h>
#include <string.h>

static const char magic[] = "\x93NUMPY";
enum { MAGIC_SIZE = 6, LENGTH_AT = 8 };

const char *const npim_npy_codes[NPIM_NPY_TYPES] = {
    [NPIM_NPY_I8] = "|i1",  [NPIM_NPY_U8] = "|u1",  [NPIM_NPY_I16] = "<i2",
    [NPIM_NPY_U16] = "<u2", [NPIM_NPY_I32] = "<i4", [NPIM_NPY_I64] = "<i8",
    [NPIM_NPY_F16] = "<f2", [NPIM_NPY_F32] = "<f4", [NPIM_NPY_F64] = "<f8",
};

/* A piece of the header's text. */
typedef struct piece {
    const char *at, *end;
} piece;

/* The text is a Python dictionary:
 * {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } and blanks up to a line's end. */
typedef struct reader {
    piece rest;
    const char *name;
    npim_error *error;
    piece descr, order; /* at NULL: not seen yet */
    bool has_shape;
    npim_npy_header *header;
} reader;

static npim_status malformed(const reader *r, const char *expected) {
    return npim_fail(r->error, NPIM_ECONFIG, "%s: malformed header of a .npy file: %s expected", r->name,
                     expected);
}

static void skip_blanks(reader *r) {
    while (r->rest.at < r->rest.end && (*r->rest.at == ' ' || *r->rest.at == '\n')) r->rest.at++;
}

/* Takes one character, and the blanks before it. */
static bool take(reader *r, char c) {
    skip_blanks(r);
    if (r->rest.at == r->rest.end || *r->rest.at != c) return false;
    r->rest.at++;
    return true;
}

/* A text in quotes, of visible ASCII characters. */
static bool take_text(reader *r, piece *text) {
    char quote = '\'';
    if (!take(r, quote)) {
        quote = '"';
        if (!take(r, quote)) return false;
    }
    text->at = r->rest.at;
    while (r->rest.at < r->rest.end && *r->rest.at != quote && *r->rest.at >= ' ' && *r->rest.at <= '~')
        r->rest.at++;
    text->end = r->rest.at;
    return take(r, quote);
}

static bool take_word(reader *r, piece *word) {
    skip_blanks(r);
    word->at = r->rest.at;
    while (r->rest.at < r->rest.end &&
           ((*r->rest.at >= 'A' && *r->rest.at <= 'Z') || (*r->rest.at >= 'a' && *r->rest.at <= 'z')))
        r->rest.at++;
    word->end = r->rest.at;
    return word->end > word->at;
}

static bool is(piece text, const char *word) {
    size_t length = strlen(word);
    return text.at && (size_t)(text.end - text.at) == length && memcmp(text.at, word, length) == 0;
}

static npim_status take_dimension(reader *r, size_t *size) {
    const char *first = r->rest.at;
    *size = 0;
    for (; r->rest.at < r->rest.end && *r->rest.at >= '0' && *r->rest.at <= '9'; r->rest.at++) {
        size_t digit = (size_t)(*r->rest.at - '0');
        if (*size > (SIZE_MAX - digit) / 10)
            return npim_fail(r->error, NPIM_ECONFIG, "%s: a dimension beyond 2^64", r->name);
        *size = *size * 10 + digit;
    }
    return r->rest.at > first ? NPIM_OK : malformed(r, "a dimension");
}

/* (), (3,), (3, 4) or (3, 4,) */
static npim_status take_shape(reader *r) {
    npim_npy_header *h = r->header;
    bool comma = true; /* nothing before, or a comma */
    if (!take(r, '(')) return malformed(r, "a shape in parentheses");
    while (!take(r, ')')) {
        if (!comma) return malformed(r, "a comma in the shape");
        if (h->rank == NPIM_NPY_MAX_RANK)
            return npim_fail(r->error, NPIM_ECONFIG, "%s: more than %d dimensions", r->name,
                             NPIM_NPY_MAX_RANK);
        npim_status status = take_dimension(r, &h->shape[h->rank++]);
        if (status != NPIM_OK) return status;
        comma = take(r, ',');
        skip_blanks(r);
    }
    r->has_shape = true;
    return h->rank == 1 && !comma ? malformed(r, "a comma behind a single dimension") : NPIM_OK;
}

static npim_status take_value(reader *r, piece key) {
    if (is(key, "descr") && !r->descr.at)
        return take_text(r, &r->descr) ? NPIM_OK : malformed(r, "a type in quotes");
    if (is(key, "fortran_order") && !r->order.at)
        return take_word(r, &r->order) ? NPIM_OK : malformed(r, "True or False");
    if (is(key, "shape") && !r->has_shape) return take_shape(r);
    return malformed(r, "descr, fortran_order and shape, each once,");
}

static npim_status take_entries(reader *r) {
    bool comma = true;
    if (!take(r, '{')) return malformed(r, "{");
    while (!take(r, '}')) {
        piece key;
        if (!comma) return malformed(r, "a comma between the keys");
        if (!take_text(r, &key)) return malformed(r, "a key in quotes");
        if (!take(r, ':')) return malformed(r, "a colon behind a key");
        npim_status status = take_value(r, key);
        if (status != NPIM_OK) return status;
        comma = take(r, ',');
    }
    skip_blanks(r);
    if (r->rest.at != r->rest.end) return malformed(r, "nothing behind }");
    if (!r->descr.at || !r->order.at || !r->has_shape)
        return malformed(r, "descr, fortran_order and shape, each once,");
    return NPIM_OK;
}

static npim_status check_type(const reader *r) {
    for (int type = 0; type < NPIM_NPY_TYPES; type++) {
        if (!is(r->descr, npim_npy_codes[type])) continue;
        r->header->type = (npim_npy_type)type;
        return NPIM_OK;
    }
    int shown = (int)(r->descr.end - r->descr.at < 40 ? r->descr.end - r->descr.at : 40);
    if (*r->descr.at == '>')
        return npim_fail(r->error, NPIM_ECONFIG,
                         "%s: big endian numbers (type %.*s): save them little endian", r->name, shown,
                         r->descr.at);
    return npim_fail(r->error, NPIM_ECONFIG,
                     "%s: numbers of type %.*s (allowed: int8, uint8, int16, uint16, int32, int64, float16, "
                     "float32, float64)",
                     r->name, shown, r->descr.at);
}

static npim_status check_order(const reader *r) {
    if (is(r->order, "False")) return NPIM_OK;
    if (!is(r->order, "True")) return malformed(r, "True or False");
    return npim_fail(r->error, NPIM_ECONFIG,
                     "%s: the array is in Fortran's order: save numpy.ascontiguousarray of it", r->name);
}

/* An array with a dimension of 0 has no elements, whatever the others are. */
static npim_status count(const reader *r) {
    npim_npy_header *h = r->header;
    bool empty = false;
    for (uint32_t i = 0; i < h->rank; i++) empty = empty || h->shape[i] == 0;
    h->n = empty ? 0 : 1;
    for (uint32_t i = 0; !empty && i < h->rank; i++) {
        if (h->shape[i] > SIZE_MAX / npim_npy_size(h->type) / h->n)
            return npim_fail(r->error, NPIM_ECONFIG, "%s: the shape is one of more than 2^64 bytes", r->name);
        h->n *= h->shape[i];
    }
    return NPIM_OK;
}

/* Finds the text. Versions 2 and 3 differ from 1 in a length of 4 bytes. */
static npim_status frame(reader *r, const unsigned char *bytes, size_t size) {
    if (size < LENGTH_AT || memcmp(bytes, magic, MAGIC_SIZE) != 0)
        return npim_fail(r->error, NPIM_ECONFIG, "%s: not a .npy file", r->name);
    unsigned version = bytes[MAGIC_SIZE];
    if (version < 1 || version > 3 || bytes[MAGIC_SIZE + 1] != 0)
        return npim_fail(r->error, NPIM_ECONFIG, "%s: .npy of version %u.%u: 1.0, 2.0 or 3.0", r->name,
                         version, (unsigned)bytes[MAGIC_SIZE + 1]);
    size_t digits = version == 1 ? 2 : 4, text_at = LENGTH_AT + digits, length = 0;
    for (size_t i = 0; i < digits && text_at <= size; i++) length |= (size_t)bytes[LENGTH_AT + i] << 8 * i;
    if (text_at > size || length > size - text_at)
        return npim_fail(r->error, NPIM_ECONFIG, "%s: %s", r->name,
                         size < NPIM_NPY_HEADER_SIZE ? "cut short within its header"
                                                     : "a header of more than 65536 bytes");
    r->rest = (piece){(const char *)bytes + text_at, (const char *)bytes + text_at + length};
    r->header->data_at = text_at + length;
    return NPIM_OK;
}

npim_status npim_npy_header_parse(npim_npy_header *header, const void *bytes, size_t size, const char *name,
                                  npim_error *error) {
    *header = (npim_npy_header){0};
    reader r = {.name = name, .error = error, .header = header};
    npim_status status = frame(&r, bytes, size);
    if (status == NPIM_OK) status = take_entries(&r);
    if (status == NPIM_OK) status = check_type(&r);
    if (status == NPIM_OK) status = check_order(&r);
    return status == NPIM_OK ? count(&r) : status;
}
