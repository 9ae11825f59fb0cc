"""What the command exports, held to what others say of it: dicom3tools, DCMTK, highdicom, pydicom, fhir.resources, npm's fhir,
Pillow, qpdf, Poppler, Orthanc.

    python judge.py LUNGFIELD REPOSITORY
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import highdicom
import pydicom
from fhir.resources.bundle import Bundle as BundleR5
from fhir.resources.R4B.bundle import Bundle as BundleR4B
from PIL import Image

from archive import archive

COMMAND, ROOT = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
FORMATS = ("json", "png", "pdf", "dicom-sc", "dicom-sr", "fhir-r4", "fhir-r5")
NAME, NUMBER = "Rao^Asha", "LF-0042"
# The private scheme of the outcomes is no defined term, and no public one has them.
EXPECTED_WARNINGS = (re.compile("99LUNGFIELD"), re.compile("unrecognized defined term", re.I), re.compile("needed to build DICOMDIR"))


def said(*arguments) -> str:
    """What a program writes, on either stream."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.kept.name)
        films = [cls.film("child.dcm", "004Y"), cls.film("adult.dcm", "044Y")]
        films += [ROOT / "www/films/NORMAL2-IM-1427-0001.jpeg", ROOT / "www/icons/icon-512.png"]
        cls.out = cls.folder / "out"
        done = subprocess.run(
            [COMMAND, "read", *films, "--model", ROOT / "models", "--export", cls.out, "--as", ",".join(("csv", *FORMATS))],
            check=False,
        )
        if done.returncode != 2:
            raise AssertionError(f"one of the films is none: status {done.returncode}, not 2")

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    @classmethod
    def film(cls, name: str, age: str) -> Path:
        """A demo film as a DICOM file with a patient."""
        picture = Image.open(ROOT / "www/films/person1946_bacteria_4874.jpeg").convert("L")
        film = pydicom.Dataset()
        film.file_meta = pydicom.dataset.FileMetaDataset()
        film.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        film.SOPClassUID = film.file_meta.MediaStorageSOPClassUID = pydicom.uid.ComputedRadiographyImageStorage
        film.SOPInstanceUID = film.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
        film.StudyInstanceUID, film.SeriesInstanceUID = pydicom.uid.generate_uid(), pydicom.uid.generate_uid()
        film.PatientName, film.PatientID, film.PatientBirthDate, film.PatientSex, film.PatientAge = NAME, NUMBER, "20220301", "F", age
        film.StudyDate, film.StudyTime, film.StudyID, film.AccessionNumber = "20261129", "101500", "7", "A9"
        film.ReferringPhysicianName, film.Modality, film.BodyPartExamined, film.ViewPosition = "Iyer^D", "CR", "CHEST", "AP"
        film.Rows, film.Columns, film.SamplesPerPixel, film.PhotometricInterpretation = picture.height, picture.width, 1, "MONOCHROME2"
        film.BitsAllocated, film.BitsStored, film.HighBit, film.PixelRepresentation = 8, 8, 7, 0
        film.PixelData = picture.tobytes() + b"\0" * (len(picture.tobytes()) % 2)
        film.save_as(cls.folder / name, enforce_file_format=True)
        return cls.folder / name

    def dicom(self):
        return sorted(self.out.glob("*.dcm"))

    def test_every_film_that_was_read_has_every_format_and_the_other_its_reason(self):
        endings = {"json", "png", "pdf", "sc.dcm", "sr.dcm", "fhir-r4.json", "fhir-r5.json"}
        for stem in ("child", "adult", "NORMAL2-IM-1427-0001"):
            self.assertEqual({path.name.removeprefix(f"{stem}.") for path in self.out.glob(f"{stem}.*")}, endings)
        self.assertEqual([path.name for path in self.out.glob("icon-512.*")], ["icon-512.json"])
        rows = list(csv.DictReader((self.out / "readings.csv").read_text(encoding="utf-8").splitlines()))
        self.assertEqual([row["status"] for row in rows], ["read", "read", "read", "refused"])
        self.assertEqual([row["withheld"] for row in rows], ["false", "true", "false", ""])
        self.assertEqual(rows[1]["probability"] + rows[1]["outcome"], "")
        self.assertIn("not a frontal chest film", rows[3]["reason"])

    def test_dicom_files_have_no_error(self):
        for path in self.dicom():
            lines = said("dciodvfy", "-new", str(path)).splitlines()
            faults = [line for line in lines if line.startswith(("Error", "Warning"))]
            unexpected = [line for line in faults if not any(known.search(line) for known in EXPECTED_WARNINGS)]
            self.assertEqual(unexpected, [], path.name)

    def test_the_files_of_a_film_are_of_one_study(self):
        for stem in ("child", "NORMAL2-IM-1427-0001"):
            files = [self.out / f"{stem}.sc.dcm", self.out / f"{stem}.sr.dcm"]
            files += [self.folder / "child.dcm"] if stem == "child" else []
            self.assertEqual([line for line in said("dcentvfy", *map(str, files)).splitlines() if "Error" in line], [])
            studies = {pydicom.dcmread(path, stop_before_pixels=True).StudyInstanceUID for path in files}
            self.assertEqual(len(studies), 1)

    def test_reports_are_read_by_others(self):
        for path in self.out.glob("*.sr.dcm"):
            dump = subprocess.run(["dsrdump", str(path)], capture_output=True, text=True, check=False)
            # DCMTK checks no value in UTF-8, and says so.
            faults = [line for line in dump.stderr.splitlines() if "VR checker does not support" not in line]
            self.assertEqual((dump.returncode, faults), (0, []), path.name)
            report = highdicom.sr.srread(path)
            self.assertIsInstance(report.content, highdicom.sr.MeasurementReport)
            self.assertNotIn("Present", dump.stdout)
            probability = [line for line in dump.stdout.splitlines() if '"Probability"' in line or "Probability" in line]
            self.assertEqual(bool(probability), path.name != "adult.sr.dcm", path.name)
            finding = [item for item in self.items(pydicom.dcmread(path)) if item.ConceptNameCodeSequence[0].CodeValue == "121071"]
            self.assertTrue(all(item.RelationshipType == "HAS CONCEPT MOD" for item in finding))

    def items(self, data_set):
        for item in data_set.get("ContentSequence", []):
            if "ConceptNameCodeSequence" in item:
                yield item
            yield from self.items(item)

    def test_patient_and_study_are_the_film_s_own_and_only_in_dicom(self):
        for path in self.out.glob("child.*"):
            bytes_ = path.read_bytes()
            if path.suffix == ".dcm":
                made = pydicom.dcmread(path)
                self.assertEqual((str(made.PatientName), made.PatientID, made.AccessionNumber), (NAME, NUMBER, "A9"))
            else:
                bytes_ += said("pdftotext", str(path), "-").encode() if path.suffix == ".pdf" else b""
                self.assertFalse(NAME.encode() in bytes_ or NUMBER.encode() in bytes_, path.name)

    def test_the_picture_is_one(self):
        for stem in ("child", "adult"):
            shown = Image.open(self.out / f"{stem}.png")
            captured = pydicom.dcmread(self.out / f"{stem}.sc.dcm").pixel_array
            self.assertEqual(captured.tobytes(), shown.convert("RGB").tobytes())
            if stem == "adult":
                red, _, blue = shown.convert("RGB").split()
                self.assertEqual(red.tobytes(), blue.tobytes(), "evidence is shown of an answer that is held back")

    def test_sheets_are_pdf_a_whose_words_can_be_searched(self):
        for path in self.out.glob("*.pdf"):
            self.assertIn("No syntax or stream encoding errors found", said("qpdf", "--check", str(path)), path.name)
            self.assertIn(b"<pdfaid:part>2</pdfaid:part>", path.read_bytes())
            fonts = said("pdffonts", str(path)).splitlines()[2:]
            self.assertTrue(fonts and all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts), fonts)
        self.assertIn("Pneumonia likely", said("pdftotext", str(self.out / "child.pdf"), "-"))
        self.assertNotIn("Pneumonia likely", said("pdftotext", str(self.out / "adult.pdf"), "-"))
        for language in ("hi", "bn", "mr", "te", "ta", "gu", "kn"):
            texts = json.loads((ROOT / f"www/locales/{language}.json").read_text(encoding="utf-8"))
            out = self.folder / language
            subprocess.run(
                [COMMAND, "read", self.folder / "child.dcm", "--model", ROOT / "models", "--export", out, "--as", "pdf", "--language", language],
                check=True,
            )
            words = said("pdftotext", str(out / "child.pdf"), "-")
            self.assertIn(texts["outcomes"]["likely"]["name"], " ".join(words.split()), language)

    def test_an_archive_takes_them_and_finds_them_by_the_patient(self):
        files = [pydicom.dcmread(self.out / f"child.{ending}") for ending in ("sc.dcm", "sr.dcm")]
        with archive() as client:
            stored = client.store_instances(files)
            self.assertEqual(len(stored[0x0008, 0x1199].value), 2, stored)
            found = [pydicom.Dataset.from_json(one) for one in client.search_for_instances(search_filters={"PatientID": NUMBER})]
            self.assertEqual({one.SOPInstanceUID for one in found}, {file.SOPInstanceUID for file in files})
            (study,) = [pydicom.Dataset.from_json(one) for one in client.search_for_studies(search_filters={"PatientID": NUMBER}, fields=["PatientName", "ModalitiesInStudy"])]
            self.assertEqual(study.StudyInstanceUID, pydicom.dcmread(self.folder / "child.dcm").StudyInstanceUID)
            self.assertEqual((str(study.PatientName), set(study.ModalitiesInStudy)), (NAME, {"OT", "SR"}))

    def test_fhir_bundles_are_of_their_release(self):
        for path in self.out.glob("*.fhir-r?.json"):
            own, other = (BundleR4B, BundleR5) if "r4" in path.name else (BundleR5, BundleR4B)
            text = path.read_text(encoding="utf-8")
            own.model_validate_json(text)
            with self.assertRaises(Exception, msg=path.name):
                other.model_validate_json(text)
            observation = json.loads(text)["entry"][1]["resource"]
            self.assertEqual(observation["status"], "preliminary")
            self.assertEqual("valueQuantity" in observation, not path.name.startswith("adult"))
            self.assertEqual(observation["meta"]["security"][0]["code"], "AIAST")
        judged = said("node", str(ROOT / "tests/exports/fhir.js"), *map(str, sorted(self.out.glob("*.fhir-r4.json")))).splitlines()
        self.assertEqual(len(judged), 3, judged)
        for verdict in map(json.loads, judged):
            self.assertTrue(verdict["valid"], verdict)
            # It knows no value sets but a few; none has a scheme of somebody's own.
            unexpected = [message for message in verdict["messages"] if not message.endswith("not found in value set")]
            self.assertEqual(unexpected, [], verdict["path"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
