package zstack

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// askZQL runs the statements of a text over the records of the query tests and returns the uuids found, or the error.
func askZQL(text string) string {
	statements, failure := parseZQL(text)
	if failure != nil {
		return failure.Code
	}
	var results []string
	for _, one := range statements {
		records := queried()
		if failure := one.check("Test", records); failure != nil {
			return failure.Code
		}
		matching, failure := one.filter(records)
		if failure != nil {
			return failure.Code
		}
		var uuids []string
		answer := one.answer(matching)
		page, _ := answer["inventories"].([]map[string]any)
		for _, record := range page {
			uuids = append(uuids, fmt.Sprint(record["uuid"]))
		}
		if total, given := answer["total"]; given {
			uuids = append(uuids, fmt.Sprint("of ", total))
		}
		results = append(results, strings.Join(uuids, " "))
	}

	return strings.Join(results, "; ")
}

func TestZQL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"query Test":                                                              "a1 b2 c3",
		"query test where state='Running'":                                        "a1 c3",
		`query Test where state="Running" limit 1`:                                "a1",
		"query Test limit 2 offset 2":                                             "c3",
		"query Test offset 1":                                                     "b2 c3",
		"query Test.uuid,name where uuid='a1'":                                    "a1",
		"query Test.name where uuid='a1'":                                         "<nil>", // the uuid is not among the fields
		"query Test where name='db=1'":                                            "c3",    // what q= cannot ask for: an operator in a value
		"query Test where name='a>=b'":                                            "",
		"query Test where name like '%eb%'":                                       "a1 b2",
		"query Test where name not like '%eb%'":                                   "c3",
		"query Test where uuid in ('a1','c3','x')":                                "a1 c3",
		"query Test where uuid not in ('a1')":                                     "b2 c3",
		"query Test where cpuNum in (2, 16)":                                      "a1 c3",
		"query Test where cpuNum > 2 and cpuNum <= 16":                            "b2 c3",
		"query Test where memorySize >= 1.5":                                      "a1 b2 c3",
		"query Test where cpuNum != -1":                                           "a1 b2 c3",
		"query Test where isShareable = true":                                     "a1",
		"query Test where hostUuid is null":                                       "b2",
		"query Test where hostUuid is not null":                                   "a1 c3",
		"query Test where vmNics.ip = '10.0.0.2'":                                 "a1",
		"query Test where description = '50% off'":                                "b2",
		"query Test where name='it''s' or uuid='a1'":                              "a1",
		"query Test where uuid='a1' or uuid='b2'":                                 "a1 b2",
		"query Test where uuid='a1' or uuid='b2' and x=1":                         codeInternal,
		"query Test where uuid='c3' or uuid='b2' and state='Running'":             "c3", // "and" binds more tightly
		"query Test where (uuid='c3' or uuid='b2') and state='Running'":           "c3",
		"query Test where (uuid='a1' or (uuid='b2')) and (state='Stopped')":       "b2",
		"query Test order by cpuNum desc":                                         "c3 b2 a1",
		"query Test where state='Running' order by name asc limit 1":              "c3",
		"query Test return with (total) limit 1":                                  "a1 of 3",
		"query Test return with (total) order by cpuNum desc limit 1 offset 1":    "b2 of 3",
		"query Test group by state":                                               "a1 b2",
		"count Test":                                                              "of 3",
		"count Test where state='Running'":                                        "of 2",
		"query Test where uuid='a1';query Test where uuid='b2' named as 'second'": "a1; b2",
		"query Test;":       "a1 b2 c3",
		"\nquery\tTest \r ": "a1 b2 c3",
		// What the language does not have, or the simulator does not know.
		"":                                       codeInternal,
		"select Test":                            codeInternal,
		"QUERY Test":                             codeInternal,
		"query":                                  codeInternal,
		"query Test where":                       codeInternal,
		"query Test where state":                 codeInternal,
		"query Test where state=":                codeInternal,
		"query Test where state='Running":        codeInternal,
		"query Test where state=Running":         codeInternal,
		"query Test where (state='Running'":      codeInternal,
		"query Test where uuid in 'a1'":          codeInternal,
		"query Test where uuid in ()":            codeInternal,
		"query Test where uuid has ('a')":        codeInternal,
		"query Test where nosuch='1'":            codeInternal,
		"query Test where cpuNum='two'":          codeInternal,
		"query Test.nosuch":                      codeInternal,
		"query Test group by nosuch":             codeInternal,
		"count Test group by nosuch":             codeInternal,
		"query Test order by cpuNum":             codeInternal,
		"query Test limit all":                   codeInternal,
		"query Test limit 99999999999999999999":  codeInternal,
		"query Test limit -1":                    codeInvalidArgument,
		"query Test return with (zwatch)":        codeInternal,
		"query Test named as second":             codeInternal,
		"query Test limit 1 where state='x'":     codeInternal,
		"query Test where uuid in (query Other)": codeInternal,
		"sum Test by cpuNum":                     codeInternal,
		"query Test; nonsense":                   codeInternal,
		"query Test #":                           codeInternal,
	} {
		if got := askZQL(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestCountGroups(t *testing.T) {
	t.Parallel()
	if got, want := fmt.Sprint(countGroups(queried(), []string{"state"})), "[[map[state:Running] 2] [map[state:Stopped] 1]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := len(countGroups(queried(), []string{"hostUuid"})); got != 3 { // an absent value is one of its own
		t.Errorf("%d groups", got)
	}
}

// FuzzZQL runs arbitrary texts: none makes the parser panic or run for ever, and a query finds known records only.
func FuzzZQL(f *testing.F) {
	for _, seed := range []string{
		"query Test where (name like '%' or cpuNum in (1,2)) and hostUuid is not null group by state order by name desc limit 1 offset 1 named as 'x'",
		"count Test.uuid where a.b='''';query Test return with (total) restrict by (__userTag__='x')", "query ((((", "query Test where ((((", "\x00'\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		statements, failure := parseZQL(text)
		if failure != nil {
			return
		}
		for _, one := range statements {
			if one.check("Test", queried()) != nil {
				continue
			}
			matching, _ := one.filter(queried())
			for _, record := range matching {
				if !slices.Contains([]any{"a1", "b2", "c3"}, record["uuid"]) {
					t.Errorf("%q found %v", text, record)
				}
			}
		}
	})
}
