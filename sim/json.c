#include "sim/json.h"

#include "sim/doc.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool write_item(FILE *out, const cJSON *item, int depth);

/* As cJSON quotes it. */
static bool write_string(FILE *out, const char *text) {
    cJSON *item = cJSON_CreateString(text);
    char *quoted = item ? cJSON_PrintUnformatted(item) : NULL;
    if (quoted) fputs(quoted, out);
    cJSON_free(quoted);
    cJSON_Delete(item);
    return quoted != NULL;
}

/* The members of an object, one to a line, or of an array. */
static bool write_members(FILE *out, const cJSON *parent, int depth) {
    bool object = cJSON_IsObject(parent), ok = true;
    fputc(object ? '{' : '[', out);
    for (const cJSON *item = parent->child; item && ok; item = item->next) {
        if (object) {
            fprintf(out, "%s\n%*s", item == parent->child ? "" : ",", 2 * depth + 2, "");
            ok = write_string(out, item->string);
            fputs(": ", out);
        } else if (item != parent->child) {
            fputs(", ", out);
        }
        ok = ok && write_item(out, item, depth + 1);
    }
    if (object && parent->child) fprintf(out, "\n%*s", 2 * depth, "");
    fputc(object ? '}' : ']', out);
    return ok;
}

static bool write_item(FILE *out, const cJSON *item, int depth) {
    char number[32] = "null";
    if (cJSON_IsObject(item) || cJSON_IsArray(item)) return write_members(out, item, depth);
    if (cJSON_IsString(item)) return write_string(out, item->valuestring);
    if (cJSON_IsNumber(item) && isfinite(item->valuedouble))
        npim_number_text(item->valuedouble, number, sizeof number);
    fputs(cJSON_IsTrue(item) ? "true" : cJSON_IsFalse(item) ? "false" : number, out);
    return true;
}

char *npim_json_text(const cJSON *root) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = root ? open_memstream(&text, &size) : NULL;
    if (!out) return NULL;
    bool ok = write_item(out, root, 0);
    fputc('\n', out);
    ok = ok && !ferror(out);
    if (fclose(out) == 0 && ok) return text;
    free(text);
    return NULL;
}

/* --- reading --- */

/* The bytes of a file with a NUL behind them, or NULL. */
static char *read_bytes(const char *path, size_t *size, npim_error *error) {
    struct stat info;
    errno = 0;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        npim_fail(error, NPIM_ECONFIG, "%s: not a regular file", path);
        return NULL;
    }
    FILE *in = errno == 0 ? fopen(path, "rb") : NULL;
    if (!in) {
        npim_fail(error, NPIM_ECONFIG, "%s: cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    char *bytes = info.st_size <= NPIM_JSON_MAX_B ? malloc((size_t)info.st_size + 1) : NULL;
    *size = bytes ? fread(bytes, 1, (size_t)info.st_size, in) : 0;
    bool broken = ferror(in) != 0;
    fclose(in);
    if (info.st_size > NPIM_JSON_MAX_B)
        npim_fail(error, NPIM_ECONFIG, "%s: larger than %d MiB", path, NPIM_JSON_MAX_B >> 20);
    else if (!bytes)
        npim_fail(error, NPIM_ENOMEM, "no memory for %s", path);
    else if (broken)
        npim_fail(error, NPIM_ECONFIG, "%s: cannot be read", path);
    if (bytes && !broken) {
        bytes[*size] = '\0';
        return bytes;
    }
    free(bytes);
    return NULL;
}

static npim_status not_json(const char *path, const char *bytes, const char *at, npim_error *error) {
    unsigned line = 1;
    for (const char *c = bytes; c < at; c++) line += *c == '\n';
    return npim_fail(error, NPIM_ECONFIG, "%s:%u: %s", path, line,
                     *bytes ? "not a (complete) JSON document" : "empty");
}

npim_status npim_json_read(const char *path, cJSON **root, npim_error *error) {
    size_t size;
    const char *end = NULL;
    *root = NULL;
    char *bytes = read_bytes(path, &size, error);
    if (!bytes) return error ? error->status : NPIM_ECONFIG;
    cJSON *document = cJSON_ParseWithLengthOpts(bytes, size, &end, false);
    npim_status status = NPIM_OK;
    if (!end || end > bytes + size) end = bytes + size;
    if (document) end += strspn(end, " \t\r\n");
    if (!document || end != bytes + size) status = not_json(path, bytes, end, error);
    free(bytes);
    if (status == NPIM_OK)
        *root = document;
    else
        cJSON_Delete(document);
    return status;
}
