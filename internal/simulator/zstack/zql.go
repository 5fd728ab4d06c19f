package zstack

import (
	"math"
	"regexp"
	"strconv"
)

// zqlStatement is one statement of ZStack's query language: "query VmInstance.name where state='Running' limit 10".
type zqlStatement struct {
	recordQuery

	entity string // the kind of resources as the text writes it, in any case
	name   string // of the result
}

var (
	zqlWord   = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
	zqlNumber = regexp.MustCompile(`^-?[0-9]+$`)
	zqlValue  = regexp.MustCompile(`^(?:-?[0-9]+(?:\.[0-9]+)?|true|false)$`)
	zqlOrder  = regexp.MustCompile(`^(?:asc|desc)$`)
)

// parseZQL reads the statements of a text: what clients use of the language. Functions, joins, subqueries, sums, searches and filters are not
// among it. A statement without a limit has none.
func parseZQL(text string) ([]zqlStatement, *errorCode) {
	tokens, failure := zqlTokens(text)
	if failure != nil {
		return nil, failure
	}
	reader := &zqlReader{tokens}
	var statements []zqlStatement
	for {
		statement, failure := reader.statement()
		if failure != nil {
			return nil, failure
		}
		statements = append(statements, statement)
		if reader.take(";") && len(reader.left) > 0 {
			continue
		}
		if len(reader.left) > 0 {
			return nil, reader.unexpected("the end")
		}

		return statements, nil
	}
}

// statement reads one statement.
func (r *zqlReader) statement() (zqlStatement, *errorCode) {
	parsed := zqlStatement{recordQuery: recordQuery{limit: math.MaxInt}}
	if parsed.count = r.take("count"); !parsed.count {
		if failure := r.expect("query"); failure != nil {
			return parsed, failure
		}
	}
	var failure *errorCode
	if parsed.entity, failure = r.next("an entity", zqlWord); failure != nil {
		return parsed, failure
	}
	if r.take(".") {
		if parsed.fields, failure = r.words(); failure != nil {
			return parsed, failure
		}
	}
	for _, part := range []struct {
		keyword string
		read    func(*zqlStatement) *errorCode
	}{
		{"where", r.where},
		{"restrict by", r.restriction},
		{"return with", r.returned},
		{"group by", r.grouping},
		{"order by", r.order},
		{"limit", func(parsed *zqlStatement) *errorCode { return r.integer(&parsed.limit) }},
		{"offset", func(parsed *zqlStatement) *errorCode { return r.integer(&parsed.start) }},
		{"named as", r.naming},
	} {
		if !r.take(part.keyword) {
			continue
		}
		if failure := part.read(&parsed); failure != nil {
			return parsed, failure
		}
	}

	return parsed, nil
}

// words reads words that commas separate.
func (r *zqlReader) words() ([]string, *errorCode) {
	var words []string
	for {
		word, failure := r.next("a field", zqlWord)
		if failure != nil {
			return nil, failure
		}
		if words = append(words, word); !r.take(",") {
			return words, nil
		}
	}
}

// where reads conditions. "and" binds more tightly than "or".
func (r *zqlReader) where(parsed *zqlStatement) *errorCode {
	conditions, failure := r.either()
	parsed.conditions = append(parsed.conditions, conditions...)

	return failure
}

// either reads conditions that "or" separates. It returns clauses that must all be met.
func (r *zqlReader) either() (conjunction, *errorCode) {
	var alternatives disjunction
	for {
		one, failure := r.all()
		if failure != nil {
			return nil, failure
		}
		if alternatives = append(alternatives, one); r.take("or") {
			continue
		}
		if len(alternatives) == 1 {
			return one, nil
		}

		return conjunction{alternatives}, nil
	}
}

// all reads conditions that "and" separates.
func (r *zqlReader) all() (conjunction, *errorCode) {
	var conditions conjunction
	for {
		if r.take("(") {
			nested, failure := r.either()
			if failure == nil {
				failure = r.expect(")")
			}
			if failure != nil {
				return nil, failure
			}
			conditions = append(conditions, nested...)
		} else {
			one, failure := r.condition()
			if failure != nil {
				return nil, failure
			}
			conditions = append(conditions, one)
		}
		if !r.take("and") {
			return conditions, nil
		}
	}
}

// restriction reads "(__systemTag__='ha::NeverStop', …)".
func (r *zqlReader) restriction(parsed *zqlStatement) *errorCode {
	if failure := r.expect("("); failure != nil {
		return failure
	}
	for {
		one, failure := r.condition()
		if failure != nil {
			return failure
		}
		if parsed.conditions = append(parsed.conditions, one); !r.take(",") {
			return r.expect(")")
		}
	}
}

// returned reads "(total)".
func (r *zqlReader) returned(parsed *zqlStatement) *errorCode {
	parsed.replyWithCount = true
	for _, sign := range []string{"(", "total", ")"} {
		if failure := r.expect(sign); failure != nil {
			return failure
		}
	}

	return nil
}

func (r *zqlReader) grouping(parsed *zqlStatement) (failure *errorCode) {
	parsed.groupBy, failure = r.words()

	return failure
}

func (r *zqlReader) order(parsed *zqlStatement) *errorCode {
	field, failure := r.next("a field", zqlWord)
	if failure != nil {
		return failure
	}
	direction, failure := r.next("asc or desc", zqlOrder)
	parsed.sortBy, parsed.descending = field, direction == "desc"

	return failure
}

func (r *zqlReader) naming(parsed *zqlStatement) *errorCode {
	if len(r.left) == 0 || !r.left[0].quoted {
		return r.unexpected("a text")
	}
	parsed.name, r.left = r.left[0].text, r.left[1:]

	return nil
}

func (r *zqlReader) integer(into *int) *errorCode {
	text, failure := r.next("an integer", zqlNumber)
	if failure != nil {
		return failure
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		return newError(codeInternal, "%s is no integer", text)
	}
	*into = number

	return nil
}
