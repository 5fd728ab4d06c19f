package zstack

// zqlOperators are the operators of ZStack's query language.
var zqlOperators = map[string]operator{
	"=": equal, "!=": notEqual, ">": greater, ">=": atLeast, "<": less, "<=": atMost, "like": like, "not like": notLike, "in": in, "not in": notIn,
	"is null": isNull, "is not null": notNull,
}

// condition reads one condition: "vmNics.ip = '10.20.0.10'".
func (r *zqlReader) condition() (condition, *errorCode) {
	var parsed condition
	for {
		word, failure := r.next("a field", zqlWord)
		if failure != nil {
			return parsed, failure
		}
		if parsed.field += word; !r.take(".") {
			break
		}
		parsed.field += "."
	}
	if len(r.left) == 0 || r.left[0].quoted || zqlOperators[r.left[0].text] == "" {
		return parsed, r.unexpected("an operator")
	}
	parsed.operator, r.left = zqlOperators[r.left[0].text], r.left[1:]
	var failure *errorCode
	switch parsed.operator {
	case isNull, notNull:
	case in, notIn:
		parsed.list, failure = r.values()
	default:
		parsed.value, failure = r.value()
	}

	return parsed, failure
}

// values reads "('a', 'b')".
func (r *zqlReader) values() ([]string, *errorCode) {
	if failure := r.expect("("); failure != nil {
		return nil, failure
	}
	var list []string
	for {
		value, failure := r.value()
		if failure != nil {
			return nil, failure
		}
		if list = append(list, value); !r.take(",") {
			return list, r.expect(")")
		}
	}
}

// value reads a text, a number, true or false.
func (r *zqlReader) value() (string, *errorCode) {
	if len(r.left) > 0 && r.left[0].quoted {
		text := r.left[0].text
		r.left = r.left[1:]

		return text, nil
	}

	return r.next("a value", zqlValue)
}
