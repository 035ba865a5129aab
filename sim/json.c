#include "sim/json.h"

#include "sim/doc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
