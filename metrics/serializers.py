"""The statistics as the API shows them."""

from rest_framework import serializers


class Dataset(serializers.Serializer[dict[str, object]]):
    """One dataset and where it is."""

    code = serializers.SlugField()
    title = serializers.CharField()
    description = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    indicator = serializers.SlugField(help_text="The definition of what is counted.")
    url = serializers.CharField()
    csv_url = serializers.CharField()


class DatasetList(serializers.Serializer[dict[str, object]]):
    """All datasets."""

    items = Dataset(many=True)


class DatasetRows(Dataset):
    """A dataset with its rows: one object by column; null where from one to four people would be told."""

    definition = serializers.CharField()
    formula = serializers.CharField()
    computed_on = serializers.DateField()
    rows = serializers.ListField(child=serializers.DictField())
