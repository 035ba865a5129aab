#include "sim/config.h"

#include "sim/arch_fields.h"

#include <errno.h>
#include <string.h>

enum { KEY_SIZE = 512, VALUE_SIZE = 32 };

/* A TOML basic string. */
static void write_string(FILE *out, const char *text) {
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            fprintf(out, "\\u%04X", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void write_value(FILE *out, const npim_field *field, const void *config) {
    char text[VALUE_SIZE];
    double value = npim_field_get(field, config);
    if (field->kind == NPIM_KIND_ENUM) {
        write_string(out, field->names[(size_t)value]);
    } else if (field->kind == NPIM_KIND_BOOL) {
        fputs(value != 0.0 ? "true" : "false", out);
    } else if (field->kind == NPIM_KIND_DOUBLE) {
        npim_number_text(value, text, sizeof text);
        fputs(text, out);
    } else {
        fprintf(out, "%.0f", value); /* integers stay below 2^53 */
    }
}

/* `= 8` or `= { value = 8, source = "...", tag = "S" }`, and where it came from. */
static void write_entry(FILE *out, const npim_field *field, const void *config, const npim_entry *entry) {
    bool sourced = entry->source || entry->tag;
    fprintf(out, "%s = %s", field->key, sourced ? "{ value = " : "");
    write_value(out, field, config);
    if (entry->source) {
        fputs(", source = ", out);
        write_string(out, entry->source);
    }
    if (entry->tag) fprintf(out, ", tag = \"%s\"", entry->tag);
    fputs(sourced ? " } # " : " # ", out);
    const char *slash = strrchr(entry->file, '/'); /* the same text wherever the file lies */
    for (const char *c = slash ? slash + 1 : entry->file; *c; c++)
        fputc((unsigned char)*c < 0x20 ? '?' : *c, out);
    if (entry->line) fprintf(out, ":%u", entry->line);
    fputc('\n', out);
}

static void write_fields(FILE *out, const npim_arch *arch, const char *prefix, const char *type,
                         const npim_field *fields, size_t n_fields, const void *config) {
    char key[KEY_SIZE];
    for (size_t i = 0; i < n_fields; i++) {
        snprintf(key, sizeof key, "%s.%s", prefix, fields[i].key);
        const npim_entry *entry = npim_doc_find(&arch->doc, key);
        const npim_follow *follow = type ? npim_follow_find(type, fields[i].key) : NULL;
        if (entry) {
            write_entry(out, &fields[i], config, entry);
        } else {
            fprintf(out, "%s%s = ", follow ? "# " : "", fields[i].key);
            write_value(out, &fields[i], config);
            fprintf(out, " # %s%s\n", follow ? "follows from " : "default", follow ? follow->from : "");
        }
    }
}

static void write_stages(FILE *out, const npim_arch *arch) {
    char prefix[64];
    for (uint32_t s = 0; s < arch->plan.n_stages; s++) {
        fputs("\n[[pe.stage]]\nblock = ", out);
        write_string(out, arch->stages[s].block);
        fputc('\n', out);
        snprintf(prefix, sizeof prefix, "pe.stage[%u]", s);
        write_fields(out, arch, prefix, NULL, npim_stage_fields, npim_n_stage_fields, &arch->stages[s]);
    }
}

static void write_blocks(FILE *out, const npim_arch *arch) {
    char prefix[NPIM_NAME_SIZE + 8];
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        const npim_block_instance *block = &arch->blocks[b];
        snprintf(prefix, sizeof prefix, "block.%s", block->name);
        fprintf(out, "\n[%s]\ntype = \"%s\"\n", prefix, block->ops->name);
        if (*block->design) {
            fputs("design = ", out);
            write_string(out, block->design);
            fprintf(out, "\ntiming_from = \"%s\"\n", block->timed_by_design ? "design" : "architecture");
        }
        write_fields(out, arch, prefix, block->ops->name, npim_placement_fields, npim_n_placement_fields,
                     &block->placement);
        write_fields(out, arch, prefix, block->ops->name, block->ops->fields, block->ops->n_fields,
                     block->config);
    }
}

static npim_status finish(FILE *out, npim_error *error) {
    if (fflush(out) == 0 && !ferror(out)) return NPIM_OK;
    return npim_fail(error, NPIM_EUSAGE, "the configuration cannot be written: %s", strerror(errno));
}

npim_status npim_config_write(const npim_arch *arch, FILE *out, npim_error *error) {
    fputs("name = ", out);
    write_string(out, arch->name);
    if (*arch->doc_line) {
        fputs("\ndoc = ", out);
        write_string(out, arch->doc_line);
    }
    fputc('\n', out);
    for (size_t i = 0; i < npim_n_arch_tables; i++) {
        const npim_arch_table *table = &npim_arch_tables[i];
        fprintf(out, "\n[%s]\n", table->path);
        write_fields(out, arch, table->path, NULL, table->fields, table->n_fields,
                     (const char *)arch + table->offset);
    }
    write_stages(out, arch);
    write_blocks(out, arch);
    return finish(out, error);
}

static void write_names(FILE *out, const npim_field *field) {
    for (size_t i = 0; field->names[i]; i++) fprintf(out, "%s%s", i ? " | " : "", field->names[i]);
}

/* What a key may be: `1..16 bit`, `true | false`, `A | B | C`. */
static void write_range(FILE *out, const npim_field *field) {
    char min[VALUE_SIZE], max[VALUE_SIZE];
    if (field->kind == NPIM_KIND_BOOL) {
        fputs("true | false", out);
    } else if (field->kind == NPIM_KIND_ENUM) {
        write_names(out, field);
    } else {
        npim_number_text(field->min, min, sizeof min);
        npim_number_text(field->max, max, sizeof max);
        fprintf(out, "%s..%s%s%s%s", min, max, *field->unit ? " " : "", field->unit,
                field->kind == NPIM_KIND_DOUBLE ? "" : ", integer");
    }
}

static void write_default(FILE *out, const npim_field *field, const npim_follow *follow) {
    char text[VALUE_SIZE];
    if (follow) {
        fprintf(out, "follows from %s", follow->from);
    } else if (field->required) {
        fputs("required", out);
    } else if (field->kind == NPIM_KIND_BOOL) {
        fprintf(out, "default %s", field->preset != 0.0 ? "true" : "false");
    } else if (field->kind == NPIM_KIND_ENUM) {
        fprintf(out, "default %s", field->names[(size_t)field->preset]);
    } else {
        npim_number_text(field->preset, text, sizeof text);
        fprintf(out, "default %s", text);
    }
}

static void write_reference(FILE *out, const char *type, const npim_field *fields, size_t n_fields) {
    for (size_t i = 0; i < n_fields; i++) {
        fprintf(out, "  %-18s ", fields[i].key);
        write_range(out, &fields[i]);
        fputs("; ", out);
        write_default(out, &fields[i], type ? npim_follow_find(type, fields[i].key) : NULL);
        fprintf(out, "\n      %s\n", fields[i].doc);
    }
}

npim_status npim_config_reference(FILE *out, npim_error *error) {
    fputs("Keys of an architecture file. A value stands alone or as { value = 8, source = \"...\", tag = "
          "\"S\" }.\n"
          "Any of them can be set on the command line: --set block.dac.power_uW=4\n\n"
          "At the top:\n  include            another file, read first; later keys override its keys\n"
          "  name               text; required\n      name of the architecture\n"
          "  doc                text\n      what it is, in one line\n",
          out);
    for (size_t i = 0; i < npim_n_arch_tables; i++) {
        fprintf(out, "\n[%s]: %s\n", npim_arch_tables[i].path, npim_arch_tables[i].doc);
        write_reference(out, NULL, npim_arch_tables[i].fields, npim_arch_tables[i].n_fields);
    }
    fputs("\n[[pe.stage]]: the recipe of the PE, one table for every stage, in order\n"
          "  block              text; required\n      the [block.<name>] that does the work\n",
          out);
    write_reference(out, NULL, npim_stage_fields, npim_n_stage_fields);
    fputs("\n[block.<name>]: one block; these keys, and those of its type\n"
          "  type               text; default <name>\n      type of the block, one of those below\n",
          out);
    write_reference(out, NULL, npim_placement_fields, npim_n_placement_fields);
    for (size_t i = 0; i < npim_n_blocks; i++) {
        fprintf(out, "\n[block.%s]: %s\n", npim_blocks[i]->name, npim_blocks[i]->doc);
        write_reference(out, npim_blocks[i]->name, npim_blocks[i]->fields, npim_blocks[i]->n_fields);
        for (size_t f = 0; f < npim_n_placement_fields; f++)
            if (npim_follow_find(npim_blocks[i]->name, npim_placement_fields[f].key))
                write_reference(out, npim_blocks[i]->name, &npim_placement_fields[f], 1);
    }
    return finish(out, error);
}
